/* Function pointers, tables of them, callbacks from libc: qsort, bsearch, lfind-like walks. */
#include <stdlib.h>

typedef long (*operation)(long, long);

static long plus(long a, long b) { return a + b; }
static long minus(long a, long b) { return a - b; }
static long times(long a, long b) { return a * b; }
static long over(long a, long b) { return b ? a / b : 0; }
static operation table[] = {plus, minus, times, over};

static long fold(operation f, const int *v, int n, long start) {
    for (int i = 0; i < n; i++)
        start = f(start, v[i]);
    return start;
}

static int ascending(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_length(const void *a, const void *b) {
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    while (*x && *y)
        x++, y++;
    return (*x != 0) - (*y != 0);
}

int main(int argc, char **argv) {
    int v[] = {5, -3, 9, argc, 0, 12, -7, 4, 4, 1};
    const char *words[] = {"frame", "pc", "register", "slot"};
    int wanted = 9;
    (void)argv;
    qsort(v, 10, sizeof v[0], ascending);
    qsort(words, 4, sizeof words[0], by_length);
    int *found = bsearch(&wanted, v, 10, sizeof v[0], ascending);
    long sum = found - v;
    for (int i = 0; i < 4; i++)
        sum += fold(table[i], v + 7, 3, 100 + i);
    return (int)(sum + words[0][0]) & 127;
}
