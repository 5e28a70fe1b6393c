"""Threads of C programs: they run as natively, the same each time, and are recorded one by one."""

from __future__ import annotations

import pickle

import pytest

from support.build import compile_c
from support.emulated import emulated, native, watch

HEAD = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
"""
MUTEXES = r"""
pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t c = PTHREAD_COND_INITIALIZER;
pthread_barrier_t together;
pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
sem_t places;
long n;
int ready;
__thread int mine = 5;
void *work(void *arg)
{
    mine += (long)arg;
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&m);
        n++;
        pthread_mutex_unlock(&m);
        if (i % 100 == 0)
            sched_yield();
    }
    pthread_barrier_wait(&together);
    sem_wait(&places);
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
    sem_post(&places);
    pthread_mutex_lock(&m);
    ready++;
    pthread_cond_signal(&c);
    pthread_mutex_unlock(&m);
    return (void *)(long)mine;
}
int main(void)
{
    pthread_t t[4];
    struct timespec until;
    pthread_barrier_init(&together, 0, 4);
    sem_init(&places, 0, 1);
    pthread_rwlock_wrlock(&lock);
    for (long i = 0; i < 4; i++)
        printf("%d ", pthread_create(&t[i], 0, work, (void *)i));
    usleep(1000);
    pthread_rwlock_unlock(&lock);
    pthread_mutex_lock(&m);
    while (ready < 4)
        pthread_cond_wait(&c, &m);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(t[i], &result);
        printf("%ld ", (long)result);
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 1000;
    printf("%ld %s\n", n, strerror(pthread_cond_timedwait(&c, &m, &until)));
    return 0;
}
"""
SIGNALS = r"""
volatile sig_atomic_t seen, ticks;
int pipes[2];
void handler(int number) { seen = number; }
void tick(int number) { ticks++; }
void *reader(void *restarts)
{
    char b[4];
    struct sigaction action = { .sa_handler = handler, .sa_flags = restarts ? SA_RESTART : 0 };
    sigaction(SIGUSR1, &action, 0);
    long r = read(pipes[0], b, 4);
    printf("read %ld %s, signal %d\n", r, r < 0 ? strerror(errno) : "", (int)seen);
    return 0;
}
void *waiter(void *set)
{
    int number;
    sigwait(set, &number);
    printf("sigwait %d\n", number);
    return 0;
}
int main(void)
{
    pthread_t t;
    sigset_t set;
    setvbuf(stdout, 0, _IONBF, 0);
    pipe(pipes);
    for (long restarts = 0; restarts < 2; restarts++) {
        pthread_create(&t, 0, reader, (void *)restarts);
        usleep(100000);
        pthread_kill(t, SIGUSR1);
        usleep(100000);
        if (restarts)
            write(pipes[1], "abc", 3);
        pthread_join(t, 0);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, 0);
    pthread_create(&t, 0, waiter, &set);
    kill(getpid(), SIGUSR2);
    pthread_join(t, 0);

    signal(SIGALRM, tick);
    struct itimerval every = { { 0, 5000 }, { 0, 5000 } };
    setitimer(ITIMER_REAL, &every, 0);
    while (ticks < 3)
        pause();
    memset(&every, 0, sizeof every);
    setitimer(ITIMER_REAL, &every, 0);
    int before = ticks;
    usleep(20000);
    printf("ticks %d, later %d\n", before >= 3, ticks - before);

    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    struct itimerspec when = { { 0, 0 }, { 0, 5000000 } }, left;
    seen = 0;
    printf("%d ", timer_create(CLOCK_MONOTONIC, &event, &timer));
    printf("%d ", timer_settime(timer, 0, &when, 0));
    timer_gettime(timer, &left);
    printf("%d ", left.it_value.tv_sec == 0 && left.it_value.tv_nsec > 0);
    usleep(50000);
    printf("%d %d\n", (int)seen, timer_delete(timer));
    struct timespec long_time = { 5, 0 }, rest = { 0, 0 };
    ualarm(50000, 0);
    printf("%d ", nanosleep(&long_time, &rest));
    printf("%ld %u\n", (long)rest.tv_sec, alarm(7) + alarm(0));
    return 0;
}
"""
POLLING = r"""
int a[2], b[2];
long written;
sem_t turn;
void *writer(void *arg)
{
    static char many[100000];
    sem_wait(&turn);
    write(a[1], "x", 1);
    sem_wait(&turn);
    eventfd_write((long)arg, 7);
    sem_wait(&turn);
    written = write(b[1], many, 4096 * 16);
    return close(a[1]), (void *)0;
}
int main(void)
{
    pthread_t t;
    char c[100];
    struct epoll_event event = { EPOLLIN | EPOLLET, { .u64 = 42 } }, found[4];
    int events = eventfd(0, EFD_NONBLOCK), e = epoll_create1(EPOLL_CLOEXEC);
    setvbuf(stdout, 0, _IONBF, 0);
    sem_init(&turn, 0, 0);
    pipe(a);
    pipe2(b, O_NONBLOCK);
    printf("%ld %s\n", (long)read(b[0], c, 1), strerror(errno));
    epoll_ctl(e, EPOLL_CTL_ADD, a[0], &event);
    event.data.u64 = 43;
    epoll_ctl(e, EPOLL_CTL_ADD, events, &event);
    printf("%d ", epoll_ctl(e, EPOLL_CTL_ADD, events, &event));
    printf("%s\n", strerror(errno));
    pthread_create(&t, 0, writer, (void *)(long)events);
    int n = epoll_wait(e, found, 4, 1);
    printf("%d\n", n);
    sem_post(&turn);
    n = epoll_wait(e, found, 4, -1);
    printf("%d %ld\n", n, (long)found[0].data.u64);
    n = epoll_wait(e, found, 4, 0);
    printf("%d\n", n);
    sem_post(&turn);
    n = epoll_wait(e, found, 4, -1);
    printf("%d %ld\n", n, (long)found[0].data.u64);
    sem_post(&turn);
    struct pollfd p = { b[0], POLLIN };
    printf("%d %d\n", poll(&p, 1, -1), p.revents);
    pthread_join(t, 0);
    printf("%ld %ld\n", written, (long)read(a[0], c, 100));
    fd_set reads;
    FD_ZERO(&reads);
    FD_SET(a[0], &reads);
    FD_SET(events, &reads);
    n = select(64, &reads, 0, 0, 0);
    printf("%d %d %d\n", n, FD_ISSET(a[0], &reads), FD_ISSET(events, &reads));
    p = (struct pollfd){ a[0], POLLIN };
    printf("%d %d\n", poll(&p, 1, -1), p.revents);
    return 0;
}
"""
WAYS = [("gcc", ()), ("gcc", ("-static",)), ("musl-gcc", ("-static",))]


@pytest.mark.oracle
@pytest.mark.parametrize(("cc", "flags"), WAYS)
@pytest.mark.parametrize("source", [MUTEXES, SIGNALS, POLLING], ids=["mutexes", "signals", "polling"])
def test_threads_run_as_natively(source: str, cc: str, flags: tuple[str, ...]) -> None:
    binary = compile_c(HEAD + source, "-w", "-pthread", *flags, cc=cc)
    ours, report = native(binary), emulated(binary)
    assert report.stdout.decode() == ours.stdout.decode()
    assert (report.ending.reason, report.ending.status) == ("exited", ours.returncode)


def test_a_thread_that_spins_does_not_hold_up_the_others() -> None:
    binary = compile_c(
        HEAD
        + r"""
volatile int flag;
void *set(void *arg) { flag = 1; return 0; }
int main(void) { pthread_t t; pthread_create(&t, 0, set, 0); while (!flag); puts("set"); return 0; }
""",
        "-pthread",
    )
    report = emulated(binary)
    assert report.stdout == b"set\n"
    assert report.instructions < 5_000_000


def test_threads_that_all_wait_for_ever_are_told_of_one_by_one() -> None:
    binary = compile_c(
        HEAD
        + r"""
pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
void *work(void *arg) { pthread_mutex_lock(&b); usleep(9); pthread_mutex_lock(&a); return 0; }
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, work, 0);
    pthread_mutex_lock(&a); usleep(9); pthread_mutex_lock(&b);
}
""",
        "-pthread",
    )
    ending = emulated(binary).ending
    assert ending.reason == "unsupported"
    assert ending.detail.startswith("the program waits for ever: thread 1000 at 0x")
    assert ending.detail.count("in futex for the word at 0x") == 2
    assert "; thread 1001 at 0x" in ending.detail


def test_the_process_lives_as_long_as_its_last_thread() -> None:
    binary = compile_c(
        HEAD
        + r"""
void *work(void *arg) { usleep(1000); puts("last"); return 0; }
int main(void) { pthread_t t; pthread_create(&t, 0, work, 0); pthread_exit(0); }
""",
        "-pthread",
    )
    report = emulated(binary)
    assert (report.stdout, report.ending.status) == (b"last\n", 0)


def test_threads_are_bounded_and_a_new_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stackreel.machine.syscalls.threads.MOST_THREADS", 50)
    binary = compile_c(
        HEAD
        + r"""
void *work(void *arg) { pause(); return 0; }
int main(void)
{
    pthread_t t;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16384);
    int n = 0, failed;
    while (!(failed = pthread_create(&t, &small, work, 0)))
        n++;
    printf("%d %s %d\n", n, strerror(failed), fork());
    return 0;
}
""",
        "-pthread",
    )
    report = emulated(binary)
    assert report.stdout == b"49 Resource temporarily unavailable -1\n"
    assert [note for note in report.notes if "refused with EPERM" in note]


RECORDED = (
    HEAD
    + r"""
int turns[2];
pthread_barrier_t together;
int step(int who, int i) { turns[who] += i; return who; }
void *work(void *arg)
{
    for (int i = 0; i < 20; i++) {
        step((long)arg, i);
        sched_yield();
    }
    return 0;
}
int main(void)
{
    pthread_t t[2];
    for (long i = 0; i < 2; i++)
        pthread_create(&t[i], 0, work, (void *)i);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], 0);
    return turns[0] - turns[1];
}
"""
)


def test_a_recording_holds_one_thread() -> None:
    binary = compile_c(RECORDED, "-O0", "-pthread", "-static")
    looked_at = watch(binary, "work", "step")
    first, second = (emulated(binary, watch=looked_at) for _ in range(2))
    assert pickle.dumps(first) == pickle.dumps(second)
    recording = first.recording
    assert recording is not None
    assert first.ending.reason == "returned"
    registers = recording.columns[recording.registers.index("rip")]
    pcs = [int.from_bytes(registers[i : i + 8], "little") for i in range(0, len(registers), 8)]
    low = looked_at.ranges[1][0]
    assert pcs.count(low) == 20
    assert pcs.count(looked_at.start) == 1
    pointers = recording.columns[recording.registers.index("rsp")]
    low, high = recording.stack
    assert all(
        low <= int.from_bytes(pointers[i : i + 8], "little") <= high for i in range(0, len(pointers), 8)
    )
    assert high - low < 1 << 20
