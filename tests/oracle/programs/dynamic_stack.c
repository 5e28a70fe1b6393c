/* Stack memory whose size is known only at run time: alloca, variable length arrays, an aligned local. */
#include <alloca.h>
#include <string.h>

static long vla(int n) {
    long v[n];
    for (int i = 0; i < n; i++)
        v[i] = (long)i * i - n;
    long sum = 0;
    for (int i = 0; i < n; i++)
        sum += v[n - 1 - i] >> 1;
    return sum;
}

static int table(int rows, int columns) {
    short t[rows][columns];
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            t[r][c] = (short)(r * 10 + c);
    return t[rows - 1][columns - 1] + t[0][columns / 2];
}

static char *reverse(char *to, const char *from, int times) {
    for (int k = 0; k < times; k++) {
        size_t n = strlen(from);
        char *copy = alloca(n + 1);
        for (size_t i = 0; i < n; i++)
            copy[i] = from[n - 1 - i];
        copy[n] = 0;
        from = copy;
    }
    return strcpy(to, from);
}

static unsigned long aligned(int n) {
    _Alignas(64) unsigned char block[96];
    for (unsigned i = 0; i < sizeof block; i++)
        block[i] = (unsigned char)(i * n);
    unsigned long sum = ((unsigned long)block & 63);
    for (unsigned i = 0; i < sizeof block; i += 5)
        sum += block[i];
    return sum;
}

int main(int argc, char **argv) {
    char text[16];
    (void)argv;
    reverse(text, "stackframe", 2 + argc);
    return (int)(vla(argc + 6) + table(argc + 2, 5) + text[0] + (long)aligned(argc + 2)) & 127;
}
