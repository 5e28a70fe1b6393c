/* Signal handlers: raised, caught faults, nested, on an alternate stack, with siginfo. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t seen, nested;
static sigjmp_buf back;
static char other[16384];

static void count(int number) {
    seen += number;
    if (number == SIGUSR1 && !nested) {
        nested = 1;
        raise(SIGUSR2);
    }
}

static void fault(int number, siginfo_t *info, void *context) {
    (void)context;
    seen += number + (info->si_addr == 0) + info->si_code;
    siglongjmp(back, number);
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, 0);
}

__attribute__((noinline)) static int divide(int a, volatile int b) {
    return a / b;
}

__attribute__((noinline)) static int peek(int *volatile p) {
    return *p;
}

int main(int argc, char **argv) {
    stack_t stack = {.ss_sp = other, .ss_size = sizeof other};
    volatile int sum = 0;
    (void)argv;
    signal(SIGUSR1, count);
    signal(SIGUSR2, count);
    raise(SIGUSR1);
    install(SIGFPE, fault, 0);
    sigaltstack(&stack, 0);
    install(SIGSEGV, fault, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0)
        sum += divide(argc, argc - 1);
    if (sigsetjmp(back, 1) == 0)
        sum += peek(0);
    return (sum + seen + nested) & 127;
}
