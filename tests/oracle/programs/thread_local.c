/* Thread-local storage: initialised, zeroed, an array, its address taken, errno. */
#include <errno.h>
#include <stdlib.h>

static __thread int counter = 5;
static __thread long history[4];
__thread char name[12] = "thread";

__attribute__((noinline)) static int next(void) {
    history[counter & 3] = counter * 11;
    return counter++;
}

__attribute__((noinline)) static int *place(void) {
    return &counter;
}

static void *work(void *argument) {
    long sum = (long)argument;
    for (int i = 0; i < 3; i++)
        sum += next();
    return (void *)(sum + name[0]);
}

int main(int argc, char **argv) {
    (void)argv;
    long sum = argc;
    for (int i = 0; i < 5; i++)
        sum += next();
    *place() += 2;
    errno = 0;
    strtol("99999999999999999999", 0, 10);
    sum += errno == ERANGE;
    name[1]++;
    sum += (long)work((void *)(long)argc);
    return (int)(sum + history[1] + history[3] + name[1] + counter) & 127;
}
