#include <stdio.h>
typedef int (*op_t)(int, int);
struct fp { int (*(*f)(int))(char); op_t g; void (*h[3])(struct fp *, ...); int (*(*k)(void))[4]; int (*const q)(); };
static int (*pick(int n))(char);
static int count(char c) { return c; }
static int (*pick(int n))(char) { return n ? count : 0; }
static int fact(int n)
{
    if (n < 2)
        return 1;
    return n * fact(n - 1);
}
static int shared = 7;
#line 1 "/src/other.c"
static int helper(int n)
{
    int twice = 2 * n;

    return twice + shared;
}
#line 22 "two_files.c"
int main(void)
{
    struct fp one = { pick, 0, { 0 }, 0, 0 };
    int i = 1;
    int *p = &i;
    i = fact(3);
    i += helper(i);
    return one.f(1)(3) + *p;
}
