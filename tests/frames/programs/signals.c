/* A signal handler: a frame that the kernel made lies between it and what was interrupted. */
#include <signal.h>

static volatile int got;

static void handler(int number)
{
    int twice = number * 2;
    got = twice;
}

__attribute__((noinline)) static int interrupted(int x)
{
    int before = x + 1;
    raise(SIGUSR1);
    return before + got;
}

int main(void)
{
    signal(SIGUSR1, handler);
    return interrupted(4);
}
