/* Structures with bit-fields and holes, numbers of all sizes, and lines with several places of code. */
#include <stdbool.h>

enum color { RED, GREEN = 5, BLUE };
struct bits { unsigned a : 3; int b : 5; unsigned c : 12; bool d : 1; enum color e : 4; long long f : 40; unsigned char g : 2; };
struct deep {
    int x;
    struct bits b;
    struct { short s; char name[8]; } in[2];
    union { int i; float f; } u;
    double m[2][2];
    unsigned char *uc;
    signed char *sc;
    const char *cc;
    struct deep *next;
};
struct empty { int n; struct {} none; char tail[]; };
struct hole {
    char a;
    long b;
    char c;
    int bf : 3;
    int : 0;
    int bg : 5;
    unsigned char bh : 2;
    union { char q; struct { int z; char y; } w; } v;
    struct { short k; } ar[3];
    int (*fp)(int);
    const struct empty *after;
    char end;
};
struct anonymous {
    int a;
    union { int b; char c; };
    struct { char d; long e; };
    enum color k;
    const struct { char one; int two; } inside;
    struct hole *h;
    enum { ONE, TWO } t;
};
typedef struct { unsigned char r, g, b; } rgb;
union either { char q; struct hole h; long l; };

unsigned char raw[6] = "abc";
signed char sraw[4] = "xy";
struct hole hole;
struct anonymous anonymous;
struct empty empty;
union either either;
rgb one = {1, 2, 3};
int table[] = {-1, 2, -3, 4};
double dd = -9999999998.8333, huge = 1e300, not = 0;
float ff = -2.75f;
long double ld = 300.5L;

int twice(int n) { int s = 0; for (int i = 0; i < n; i++) { s += 2; } return s; }

int fact(int n) { if (n <= 1) return 1; return n * fact(n - 1); }

int main(void)
{
    struct bits bt = {5, -3, 1000, true, GREEN, -7, 2};
    struct deep d = {1, {1, 2, 3, false, BLUE, 4, 1}, {{1, "one"}, {2, "two"}}, {7}, {{1, 2}, {3, 4}}, raw, sraw, "text", 0};
    rgb two[2] = {{1, 2, 3}, {4, 5, 6}};
    int (*fp)(int) = twice;
    int r = 0;
    d.next = &d;
    not = 0.0 / not;
    r = twice(3) + fact(4);
    return r + bt.a + d.x + two[0].r + fp(2) + hole.a + anonymous.a + empty.n + either.q + sraw[0] + one.r;
}
