/* longjmp over two frames, thread-local variables, a switch through a table. */
#include <setjmp.h>

static jmp_buf back;
static __thread int depth = 3;
static volatile int seen;

__attribute__((noinline)) static void deep(int n)
{
    int local = n + depth;
    seen = local;
    if (n == 0)
        longjmp(back, 7);
    deep(n - 1);
    seen++;
}

__attribute__((noinline)) static int chosen(int kind)
{
    switch (kind) {
    case 0: return 5;
    case 1: return seen;
    case 2: return 9;
    case 7: return 11;
    case 4: return seen * 2;
    default: return 0;
    }
}

int main(void)
{
    volatile int how = setjmp(back);
    if (how == 0)
        deep(2);
    return chosen(how);
}
