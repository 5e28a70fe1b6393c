/* Memory taken from the stack while the function runs: alloca and arrays of variable length. */
#include <alloca.h>

__attribute__((noinline)) static int vla(int n)
{
    int values[n];
    char name[n + 1];
    for (int i = 0; i < n; i++)
        values[i] = i * 3;
    name[0] = 'v';
    name[n] = 0;
    return values[n - 1] + name[0];
}

__attribute__((noinline)) static int taken(int size)
{
    char *p = alloca(size);
    for (int i = 0; i < size; i++)
        p[i] = (char) ('a' + i);
    p[size - 1] = 0;
    return p[0] + size;
}

int main(void)
{
    int a = vla(3);
    int b = taken(4);
    return a + b;
}
