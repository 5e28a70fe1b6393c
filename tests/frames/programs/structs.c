/* Structures by value, in registers and in memory; members, unions, bit-fields, enumerations. */
enum color { RED, GREEN = 5, BLUE };
struct point { int x; double y; };
struct big { long a[4]; char tag; short s; };
struct bits { unsigned low : 3; int high : 5; _Bool flag : 1; };
union word { int i; float f; char c[4]; };

__attribute__((noinline)) static struct point shift(struct point p, int by)
{
    struct point moved = p;
    moved.x += by;
    moved.y *= 2;
    return moved;
}

__attribute__((noinline)) static struct big make(int seed, struct big old)
{
    struct big made = old;
    made.a[1] = seed;
    made.tag = 'q';
    made.s = -3;
    return made;
}

__attribute__((noinline)) static int pick(enum color c, struct bits b, union word w)
{
    int picked = c == GREEN ? w.i : 0;
    picked += b.high;
    return picked;
}

int main(void)
{
    struct point p = {1, 2.5}, *where = &p;
    struct big b = {{1, 2, 3, 4}, 'a', 7};
    struct bits bits = {5, -3, 1};
    union word w = {.f = 1.5f};
    p = shift(p, 4);
    b = make(9, b);
    return pick(GREEN, bits, w) + where->x + b.s;
}
