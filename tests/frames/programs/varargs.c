/* More arguments than registers, and a variable number of them. */
#include <stdarg.h>

__attribute__((noinline)) static long nine(long a, long b, long c, long d, long e, long f, long g, char h, int i)
{
    long all = a + b + c + d + e + f;
    return all + g + h + i;
}

__attribute__((noinline)) static int total(int count, ...)
{
    va_list rest;
    int sum = 0;
    va_start(rest, count);
    for (int i = 0; i < count; i++)
        sum += va_arg(rest, int);
    va_end(rest);
    return sum;
}

int main(void)
{
    long n = nine(1, 2, 3, 4, 5, 6, 7, 'h', 9);
    int t = total(8, 1, 2, 3, 4, 5, 6, 7, 8);
    return (int) n + t;
}
