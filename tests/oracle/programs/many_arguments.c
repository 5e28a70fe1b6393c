/* More arguments than registers: integers, doubles, narrow types on the stack, nested calls, a nine-way return. */
static long nine(int a, long b, short c, char d, unsigned e, long f, int g, signed char h, unsigned short i) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + i * 9;
}

static double ten(double a, double b, double c, double d, double e, double f, double g, double h, double i, float j) {
    return a - b + c - d + e - f + g - h + i * j;
}

static long both(int a, double x, int b, double y, long c, float z, int d, int e, int f, double w, int g, char h) {
    return a + b + c + d + e + f + g + h + (long)(x * y + z - w);
}

static long relay(long a, long b, long c, long d, long e, long f, long g, long h) {
    return nine((int)h, g, (short)f, (char)e, (unsigned)d, c, (int)b, (signed char)a, 77)
        + both((int)a, (double)b, (int)c, (double)d, e, (float)f, (int)g, (int)h, 1, 2.5, 3, 'x');
}

static char narrow(char a, char b, char c, char d, char e, char f, char g, char h) {
    return (char)(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h);
}

int main(int argc, char **argv) {
    (void)argv;
    long n = nine(argc, 2, -3, 4, 5, -6, 7, -8, 65535);
    double d = ten(argc, 2, 3, 4, 5, 6, 7, 8, 9.5, 0.5f);
    n += relay(argc, 2, 3, 4, 5, 6, 7, relay(8, 7, 6, 5, 4, 3, 2, argc));
    return (int)(n + (long)d + narrow(1, 2, 3, 4, 5, 6, 7, (char)argc)) & 127;
}
