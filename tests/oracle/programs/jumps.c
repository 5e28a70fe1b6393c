/* setjmp and longjmp: out of one frame, out of several, twice through the same buffer. */
#include <setjmp.h>

static jmp_buf outer, inner;
static volatile int depth;

__attribute__((noinline, noreturn)) static void leave(int value) {
    longjmp(outer, value);
}

__attribute__((noinline)) static int dive(int n) {
    char pad[24];
    for (unsigned i = 0; i < sizeof pad; i++)
        pad[i] = (char)(n + i);
    depth++;
    if (n == 0)
        leave(depth + pad[0]);
    return dive(n - 1) + pad[n];
}

__attribute__((noinline)) static int retry(int times) {
    volatile int count = 0;
    int got = setjmp(inner);
    count += got + 1;
    if (count < times)
        longjmp(inner, 1);
    return count;
}

int main(int argc, char **argv) {
    volatile int sum = argc;
    (void)argv;
    int got = setjmp(outer);
    if (got == 0)
        sum += dive(5);
    else if (got < 8) {
        sum += got;
        leave(30);
    }
    return (sum + got + retry(7)) & 127;
}
