/* Variable arguments: register save area, overflow area, va_copy, doubles and structs among them. */
#include <stdarg.h>
#include <stdio.h>

struct point { long x, y, z; };

static long add(int n, ...) {
    va_list ap;
    long sum = 0;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        sum += va_arg(ap, int);
    va_end(ap);
    return sum;
}

static double blend(const char *kinds, ...) {
    va_list ap, again;
    double sum = 0;
    va_start(ap, kinds);
    va_copy(again, ap);
    for (const char *k = kinds; *k; k++) {
        if (*k == 'd')
            sum += va_arg(ap, double);
        else if (*k == 'p')
            sum += (double)va_arg(ap, struct point).y;
        else
            sum += (double)va_arg(ap, long);
    }
    va_end(ap);
    for (const char *k = kinds; *k == 'd'; k++)
        sum *= va_arg(again, double);
    va_end(again);
    return sum;
}

static int print(char *to, size_t size, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(to, size, format, ap);
    va_end(ap);
    return n;
}

int main(int argc, char **argv) {
    char text[64];
    struct point p = {1, 2, 3};
    (void)argv;
    long a = add(9, 1, 2, 3, 4, 5, 6, 7, 8, argc);
    double b = blend("ddlpdl", 1.5, 2.25, 7L, p, 0.5, 9L);
    double c = blend("dddddddddl", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 0.5, 3L);
    int n = print(text, sizeof text, "%d %s %ld %c %x %p", argc, "text", a, 'c', 255, (void *)16);
    return (int)(a + (long)b + (long)c + n + text[3]) & 127;
}
