/* Doubles, floats, conversions, comparisons with NaN, long double on the x87, packed SSE. */
#include <emmintrin.h>
#include <math.h>

static double polynomial(double x, const double *c, int n) {
    double y = 0;
    while (n-- > 0)
        y = y * x + c[n];
    return y;
}

static float mean(const float *v, int n) {
    float s = 0;
    for (int i = 0; i < n; i++)
        s += v[i];
    return s / (float)n;
}

static int order(double a, double b) {
    return (a < b) + 2 * (a == b) + 4 * (a > b) + 8 * !(a <= b) + 16 * isnan(a);
}

static long double extended(int n) {
    long double x = n;
    for (int i = 1; i < 4; i++)
        x = x * 1.25L + 1 / x - i;
    return x;
}

static double newton(double x) {
    double r = x / 2;
    for (int i = 0; i < 5; i++)
        r = (r + x / r) / 2;
    return r - sqrt(x);
}

static int packed(int n) {
    __m128d a = _mm_set_pd(n, 2.5), b = _mm_set1_pd(0.5);
    __m128i i = _mm_cvttpd_epi32(_mm_mul_pd(a, b));
    __m128i j = _mm_add_epi32(_mm_shuffle_epi32(i, 0x1b), _mm_set_epi32(4, 3, 2, n));
    __m128 f = _mm_sqrt_ps(_mm_cvtepi32_ps(j));
    return _mm_cvtsi128_si32(_mm_cvtps_epi32(f)) + _mm_movemask_ps(f) + _mm_extract_epi16(j, 3);
}

int main(int argc, char **argv) {
    static const double c[] = {1, -0.5, 0.25, 2};
    float v[5] = {1, 2, 3, 4, (float)argc};
    volatile double zero = 0;
    (void)argv;
    double y = polynomial(1.5 + argc, c, 4);
    int o = order(y, 1) + order(zero / zero, y) + order(y, y);
    unsigned u = (unsigned)(y * 1e6);
    unsigned long w = (unsigned long)(y * 1e17);
    long l = lrint(y) + (long)floor(-y) + (long)extended(argc + 1) + (newton(y) < 1e-6);
    return (int)(o + (long)mean(v, 5) + l + (long)(u % 97) + (long)(w % 89) + packed(argc + 9)) & 127;
}
