/* Faults in a row, of one kind and mixed: a division by zero, a privileged instruction, an access, a port. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t seen;
static sigjmp_buf back;

static void fault(int number, siginfo_t *info, void *context) {
    (void)context;
    seen = seen * 3 + number + info->si_code;
    siglongjmp(back, number);
}

__attribute__((noinline)) static int divide(int a, volatile int b) {
    return a / b;
}

__attribute__((noinline)) static int halt(int a) {
    __asm__ volatile("hlt");
    return a;
}

__attribute__((noinline)) static int peek(int *volatile p) {
    return *p;
}

__attribute__((noinline)) static int port(int a) {
    __asm__ volatile("in $0x80, %%al" : "+a"(a));
    return a;
}

__attribute__((noinline)) static int invalid(int a) {
    __asm__ volatile("ud2");
    return a;
}

static int once(char kind, int argc) {
    if (sigsetjmp(back, 1))
        return 1;
    switch (kind) {
    case 'd': return divide(argc, argc - 1);
    case 'h': return halt(argc);
    case 'm': return peek(0);
    case 'p': return port(argc);
    default: return invalid(argc);
    }
}

int main(int argc, char **argv) {
    static const char order[] = "ddddhhhhmmmmpppphdhdmhmddmmdphdiimdiih";
    static const int numbers[] = {SIGFPE, SIGSEGV, SIGILL};
    struct sigaction action;
    int sum = 0;
    (void)argv;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = fault;
    action.sa_flags = SA_SIGINFO;
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], &action, 0);
    for (const char *kind = order; *kind; kind++)
        sum += once(*kind, argc);
    return (sum + seen) & 127;
}
