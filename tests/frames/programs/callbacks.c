/* Function pointers; functions called by code that is not the program's own. */
#include <stdlib.h>

typedef int (*operation)(int, int);

static int compared;

__attribute__((noinline)) static int add(int a, int b)
{
    return a + b;
}

__attribute__((noinline)) static int apply(operation what, int x)
{
    int y = what(x, 10);
    return y;
}

static int compare(const void *left, const void *right)
{
    const int *a = left, *b = right;
    compared++;
    return *a - *b;
}

int main(void)
{
    int numbers[3] = {3, 1, 2};
    int (*chosen)(int, int) = add;
    int sum = apply(chosen, 5);
    qsort(numbers, 3, sizeof *numbers, compare);
    return sum + numbers[0] + compared;
}
