/* 128-bit integers, multiplication and division of all widths, shifts, rotations, overflow checks, bit counts. */
typedef unsigned __int128 u128;
typedef __int128 i128;

__attribute__((noinline)) static u128 multiply(u128 a, u128 b) {
    return a * b;
}

__attribute__((noinline)) static u128 divide(u128 a, u128 b) {
    return a / b + a % b;
}

__attribute__((noinline)) static i128 shift(i128 a, int by) {
    return (a << by) - (a >> (by / 2));
}

__attribute__((noinline)) static int compare(i128 a, i128 b) {
    return (a < b) + 2 * (a == b) + 4 * ((u128)a > (u128)b);
}

__attribute__((noinline)) static unsigned rotate(unsigned x, int by) {
    return (x << (by & 31)) | (x >> (-by & 31));
}

__attribute__((noinline)) static long checked(long a, long b) {
    long sum, product;
    int over = __builtin_add_overflow(a, b, &sum);
    over += 2 * __builtin_mul_overflow(a, b, &product);
    return sum ^ product ^ over;
}

__attribute__((noinline)) static int counts(unsigned long x) {
    return __builtin_popcountl(x) + __builtin_ctzl(x) * 3 + __builtin_clzl(x) * 5 + (int)(__builtin_bswap64(x) & 7);
}

__attribute__((noinline)) static int narrow(signed char a, short b, unsigned char c) {
    return a / (b | 1) + b % (a | 1) + (a * b >> 3) + (c >> 2) - (signed char)(a + c);
}

int main(int argc, char **argv) {
    u128 a = ((u128)0x0123456789abcdefUL << 64) | 0xfedcba9876543210UL;
    (void)argv;
    u128 b = multiply(a, argc + 6);
    u128 c = divide(b, (u128)1 << 70 | 12345) + divide(b >> 80, 99);
    i128 d = shift((i128)c - (i128)a, 9);
    long e = checked(0x7fffffffffffff00, argc + 254) + checked(-5, argc);
    int n = compare(d, (i128)b) + compare(-1, 1) + (int)rotate(0x80000001u, argc + 4);
    n += counts((unsigned long)d | 64) + narrow((signed char)(argc - 100), -300, 200);
    return (int)((long)(c >> 7) + (long)d + e + n) & 127;
}
