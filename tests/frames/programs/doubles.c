/* Floating point in SSE registers and on the x87 stack, 128-bit integers, complex numbers. */
#include <complex.h>

__attribute__((noinline)) static double mean(double a, float b, double c)
{
    double sum = a + b;
    sum += c;
    return sum / 3;
}

__attribute__((noinline)) static long double twice(long double x)
{
    long double y = x + x;
    return y;
}

__attribute__((noinline)) static __int128 wide(__int128 a, long b)
{
    __int128 product = a * b;
    return product;
}

__attribute__((noinline)) static double size(double complex z)
{
    double real = creal(z);
    return real * real + cimag(z) * cimag(z);
}

int main(void)
{
    double m = mean(0.1, 2.5f, -1e300);
    float third = 1.0f / 3;
    long double t = twice(0.25L);
    __int128 w = wide(-5, 1L << 62);
    double s = size(3 + 4 * I);
    return (int) t + (int) (w >> 64) + (int) s + (m < third);
}
