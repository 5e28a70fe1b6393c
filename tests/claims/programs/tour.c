#include <stdlib.h>
#include <string.h>
enum color { RED, GREEN = 5, BLUE };
typedef unsigned char byte;
typedef struct node { struct node *next; int value; char tag[4]; } node_t;
typedef int (*op_t)(int, int);
struct bits { unsigned a : 3; int b : 5; unsigned long c : 40; };
union either { int i; float f; byte raw[4]; };
struct outer { struct { int in; long deep; } inner; enum color c; union { int q; float r; }; const char *name; op_t op; int m[2][3]; };
static int calls;
const char *greeting = "hello, world";
int table[5] = { 1, 2, 3, 4, 5 };
static int add(int a, int b)
{
    return a + b;
}
static int fact(int n)
{
    calls++;
    if (n < 2)
        return 1;
    return n * fact(n - 1);
}
static double mean(const double *v, int n)
{
    double total = 0;
    for (int i = 0; i < n; i++)
        total += v[i];
    return total / n;
}
static float half(float x)
{
    return x / 2;
}
static node_t *push(node_t *head, int value)
{
    node_t *fresh = malloc(sizeof *fresh);
    fresh->next = head;
    fresh->value = value;
    memcpy(fresh->tag, "abc", 4);
    return fresh;
}
static struct outer make(int seed)
{
    struct outer o = { { seed, -seed }, BLUE, { 7 }, "made", add, { { 1, 2, 3 }, { 4, 5, 6 } } };
    return o;
}
static void nothing(void)
{
    calls += 100;
}
static long many(int a, int b, int c, int d, int e, int f, int g, long h)
{
    long r = a + b + c + d + e + f + g + h;
    return r;
}
int main(void)
{
    double v[3] = { 1.5, 2.5, -4 };
    struct bits bf = { 5, -3, 99 };
    union either u = { 1 };
    char text[16] = "stack";
    enum color c = GREEN;
    byte small = 200;
    _Bool yes = 1;
    short neg = -2;
    int m[2][2] = { { 1, 2 }, { 3, 4 } };
    node_t *list = 0;
    op_t op = add;
    int f = fact(4);
    double a = mean(v, 3);
    float h = half(3);
    list = push(list, 1);
    list = push(list, 2);
    struct outer o = make(f);
    nothing();
    long r = many(1, 2, 3, 4, 5, 6, 7, 8);
    for (int i = 0; i < 3; i++) {
        int sq = i * i;
        r += sq;
    }
    u.f = h;
    return op((int)a, c) + (int)r + o.m[1][2] + bf.b + small + yes + neg + m[1][1] + text[0] + list->value;
}
