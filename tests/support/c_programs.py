"""C programs that tests of several rooms compile."""

from __future__ import annotations

PLAIN = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int counter; int data = 3; static int hidden = 4; __thread int mine = 5;
int last(int) __attribute__((alias("first")));
int first(int x) { return x + 1; }
static int sum(int a, int b)
{
    int s = a + b;
    return s;
}
int main(int argc, char **argv)
{
    int n = sum(argc, 2);
    char *p = malloc(30);
    strcpy(p, argv[0]);
    mine += n;
    printf("n: %d %s %d\n", n, p, hidden + counter);
    return first(n) == 0;
}
"""

VARIABLES = r"""
#include <stdio.h>
#include <stdlib.h>
struct pair { int x, y; };
struct big { long a[4]; };
static inline int square(int v) { int r = v * v; return r; }
__attribute__((noinline)) int work(int n, struct pair q, const char *s)
{
    int total = 0;
    for (int i = 0; i < n; i++) {
        int k = square(i) + q.x;
        total += k;
        if (k > 3) {
            long wide = k * 2;
            int beta = wide + 1, alpha = 3, X = 5, _u = 6, a__b = n;
            typedef int local_t;
            local_t gamma = alpha + X + _u + a__b;
            total += wide ^ beta;
            total += gamma;
            printf("%d\n", beta);
        }
    }
    { int inner = total; volatile int once = 7; total = inner + once; }
    puts(s);
    return total;
}
__attribute__((noinline)) double real(double a, float b) { double c = a * b; c += 1; return c; }
__attribute__((noinline)) long sums(struct big b, int i)
{
    struct big c = b;
    c.a[i]++;
    return c.a[0] + b.a[3];
}
__attribute__((noinline)) int variable(int n)
{
    int v[n];
    for (int i = 0; i < n; i++)
        v[i] = i;
    return v[n - 1] + v[0];
}
__attribute__((noinline)) int factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }
__attribute__((cold, noinline)) void die(int x) { fprintf(stderr, "%d", x); exit(x); }
int main(int argc, char **argv)
{
    struct pair q = {1, 2};
    struct big b = {{1, 2, 3, 4}};
    int r = work(argc + 3, q, "x");
    if (r == 12345)
        die(r);
    printf("%g %ld %d %d\n", real(1.5, 2), sums(b, 1), variable(5), factorial(5));
    return 0;
}
"""

TYPES = r"""
#include <stdint.h>
#include <stddef.h>
enum color { RED, GREEN = 5, BLUE = -1 };
typedef struct point { int x, y; } point_t;
struct bits { unsigned a : 3; int b : 5; char c; unsigned long long d : 40; };
typedef int (*op_t)(int, int);
union either { int i; double d; };
typedef unsigned char byte;
struct node { struct node *next; int v; struct { int in; } anon; union { int q; float r; }; };
struct flexible { int n; char tail[]; } flex;
int i; unsigned long ul; char *s; const char *cs; char *const csc = "a"; const char *const cscc = "b";
const char *const *pp; char *const *const *ppp; struct point p; point_t pt; int a3[3]; int m[2][3];
int (*fp)(int); op_t op; int (*arrfp[4])(const char *, ...); char *names[5]; int (*parr)[3];
enum color c; union either un; volatile int vi; const volatile int cvi = 1; __int128 i128;
unsigned __int128 u128; long double ld; float f; double d; _Bool b; byte by; struct node n;
struct { int z; } an; void *vp; void (*vf)(void); int (*unproto)(); struct bits bf; int *restrict rp;
const int ca[3] = {1}; const point_t cpt; struct point *(*retp)(struct node *, int[3]); _Complex double cd;
uint8_t u8; size_t sz; long long ll; short sh; signed char sc; unsigned u32; int (*(*fpp)(int))(double);
enum { A1 } ae; int (*const cfp)(int) = 0; volatile char *volatile vv; wchar_t wc; __typeof__(int(int)) *ftp;
unsigned short us; unsigned long long ull; long l; char ch; long (*const *const table[2][3])(point_t *, ...);
int main(void) { return 0; }
"""
