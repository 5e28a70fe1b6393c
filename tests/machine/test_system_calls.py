"""What a program may and may not do: files, processes, network; what is noted; that all of it is repeatable."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from stackreel.machine import Emulator, Job
from support.build import compile_c
from support.emulated import emulated, job_of, native, watch

SHOW = r"""
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#define SHOW(x) do { errno = 0; long r = (long)(x); \
    printf("%s = %ld%s%s\n", #x, r, r < 0 ? " " : "", r < 0 ? strerrorname_np(errno) : ""); } while (0)
static char b[4096];
static struct stat st;
int main(int argc, char **argv) {
"""


def shown(body: str, **changes: object) -> dict[str, str]:
    """Run statements and return what SHOW printed, by expression."""
    report = emulated(compile_c(SHOW + body + "return 0; }", "-w"), **changes)
    assert report.ending.reason == "exited", report.ending
    return dict(line.rsplit(" = ", 1) for line in report.stdout.decode().splitlines())


def results(body: str, **changes: object) -> list[str]:
    return list(shown(body, **changes).values())


def test_nothing_of_the_host_can_be_read_but_libraries() -> None:
    paths = [
        "/etc/passwd",
        "../../etc/passwd",
        "/lib/../etc/passwd",
        "/usr/lib/../../etc/passwd",
        "/lib/x86_64-linux-gnu/../../../etc/passwd",
        "/usr/bin/env",
        "/proc/1/environ",
        "/etc/ld.so.conf",
        "//etc//passwd",
    ]
    body = "".join(f'SHOW(open("{path}", O_RDONLY));' for path in paths)
    assert results(body) == ["-1 ENOENT"] * len(paths)
    assert results('SHOW(open("/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY));') == ["3"]


def test_links_of_a_sysroot_do_not_lead_out_of_it(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "lib64").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (root / "secret").write_text("of the sysroot, but no library")
    (root / "lib64/absolute").symlink_to(tmp_path / "secret")
    (root / "lib64/relative").symlink_to("../../../../../secret")
    (root / "lib64/away").symlink_to("../secret")
    (root / "lib64/loop").symlink_to("loop")
    (root / "lib64/plain").write_text("library")
    (root / "lib").symlink_to("/lib64")
    (root / "lib64/fine").symlink_to("/lib/plain")
    names = ["absolute", "relative", "away", "loop", "plain", "fine"]
    binary = compile_c(
        SHOW + "".join(f'SHOW(open("/lib/{n}", O_RDONLY));' for n in names) + "}", "-static", "-w"
    )
    report = emulated(binary, sysroot=str(root), files={})
    answers = [line.split(" = ")[1] for line in report.stdout.decode().splitlines()]
    assert answers == ["-1 ENOENT", "-1 ENOENT", "-1 ENOENT", "-1 ELOOP", "3", "4"]


def test_nothing_can_be_changed() -> None:
    answers = shown(
        """
        SHOW(open("/usr/lib/x86_64-linux-gnu/libc.so.6", O_RDWR));
        SHOW(open("/usr/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY | O_TRUNC));
        SHOW(open("/data/in", O_WRONLY));
        SHOW(open("/tmp/new", O_CREAT | O_WRONLY, 0600));
        SHOW(unlink("/data/in"));
        SHOW(mkdir("/data/folder", 0700));
        SHOW(rename("/data/in", "/data/out"));
        SHOW(access("/data/in", W_OK));
        SHOW(truncate("/data/in", 0));
        """,
        files={"/data/in": b"data"},
    )
    assert set(answers.values()) == {"-1 EROFS"}


def test_no_process_and_no_network_and_both_are_noted() -> None:
    body = """
        SHOW(fork()); SHOW(execl("/bin/sh", "sh", (char *)0)); SHOW(socket(AF_INET, SOCK_STREAM, 0));
        SHOW(syscall(SYS_ptrace, 0));
        SHOW(syscall(SYS_io_uring_setup, 1, 0)); SHOW(syscall(SYS_io_uring_setup, 1, 0)); SHOW(syscall(9999));
    """
    report = emulated(compile_c(SHOW + body + "}", "-w"))
    answers = [line.rsplit(" = ", 1)[1] for line in report.stdout.decode().splitlines()]
    assert answers == [
        "-1 EPERM",
        "-1 EACCES",
        "-1 EACCES",
        "-1 EPERM",
        "-1 ENOSYS",
        "-1 ENOSYS",
        "-1 ENOSYS",
    ]
    assert [note.split(" re")[0] for note in report.notes] == [
        "system call 56 (clone)",
        "system call 59 (execve)",
        "system call 41 (socket)",
        "system call 101 (ptrace)",
        "system call 425 (io_uring_setup) is not implemented; it",
        "system call 9999 (unknown) is not implemented; it",
    ]


FILES = """
    int f;
    SHOW(f = open(argv[1], O_RDONLY)); SHOW(read(f, b, 5)); SHOW(lseek(f, -3, SEEK_END)); SHOW(read(f, b, 100));
    SHOW(read(f, b, 100)); SHOW(pread(f, b, 2, 1)); SHOW(b[0] * 256 + b[1]); SHOW(lseek(f, -100, SEEK_SET));
    SHOW(lseek(f, 0, 77)); SHOW(write(f, b, 1)); SHOW(lseek(1, 0, SEEK_CUR)); SHOW(dup2(f, 50)); SHOW(read(50, b, 1));
    SHOW(fcntl(f, F_GETFD)); SHOW(fcntl(f, F_SETFD, 1)); SHOW(fcntl(f, F_GETFD)); SHOW(fcntl(50, F_GETFD));
    SHOW(fcntl(f, F_DUPFD, 60)); SHOW(fcntl(f, F_GETFL) & O_ACCMODE); SHOW(close(f)); SHOW(close(f));
    SHOW(read(f, b, 1));
    SHOW(read(50, (void *)8, 1)); SHOW(write(1, (void *)8, 1)); SHOW(fstat(50, &st)); SHOW(st.st_size);
    SHOW(st.st_mode & S_IFMT); SHOW(stat("/no", &st)); SHOW(stat("", &st)); SHOW(isatty(1));
    SHOW(access(argv[1], R_OK)); SHOW(access(argv[1], X_OK)); SHOW(open(argv[1], O_RDONLY | O_DIRECTORY));
    SHOW(open("/", O_RDONLY) > 0);
    SHOW(readlink(argv[1], b, 10));
    int p[2];
    SHOW(pipe(p)); SHOW(write(p[1], "hello", 5)); SHOW(read(p[0], b, 3)); SHOW(read(p[0], b, 9));
    SHOW(read(p[1], b, 1));
    struct pollfd q = {p[0], POLLIN};
    SHOW(poll(&q, 1, 0)); SHOW(write(p[1], "x", 1)); SHOW(poll(&q, 1, -1)); SHOW(q.revents); SHOW(close(p[1]));
    SHOW(read(p[0], b, 9)); SHOW(read(p[0], b, 9));
    struct iovec v[] = {{"", 0}, {b, 0}};
    SHOW(writev(1, v, 2)); SHOW(syscall(SYS_writev, 1, v, 2000));
    long e;
    SHOW(f = eventfd(3, 0)); SHOW(read(f, &e, 8)); SHOW(e); SHOW(syscall(SYS_close_range, 3, 100, 0)); SHOW(close(50));
    SHOW(syscall(SYS_futex, &e, 0, 1, 0)); SHOW(syscall(SYS_futex, &e, 1, 1, 0)); SHOW(syscall(SYS_futex, 1, 0, 0, 0));
"""


@pytest.mark.oracle
def test_files_pipes_and_descriptors_answer_as_linux_does(tmp_path: Path) -> None:
    data = tmp_path / "in"
    data.write_bytes(b"0123456789")
    binary = compile_c(SHOW + FILES + "}", "-w")
    here = native(binary, str(data)).stdout.decode().splitlines()
    there = emulated(binary, str(data), files={str(data): b"0123456789"}).stdout.decode().splitlines()
    assert there == here


def test_declared_files_are_listed_and_found() -> None:
    body = """
        DIR *d = opendir("/data");
        struct dirent *e;
        while ((e = readdir(d))) printf("%s = %d\\n", e->d_name, e->d_type);
        SHOW(chdir("/data/sub")); SHOW(open("../a", O_RDONLY) > 0); SHOW(strcmp(getcwd(b, sizeof b), "/data/sub"));
        SHOW(readlink("/proc/self/exe", b, sizeof b) == strlen(argv[0])); SHOW(fread(b, 1, 9, fopen("/dev/zero", "r")));
    """
    answers = shown(body, files={"/data/a": b"1", "/data/sub/b": b"22"})
    assert answers["a"] == "8"
    assert answers["sub"] == "4"
    assert list(answers.values())[4:] == ["0", "1", "0", "1", "9"]


def test_time_is_virtual_and_sleeping_costs_nothing() -> None:
    body = """
        struct timespec a, b_, day = {86400, 5};
        clock_gettime(CLOCK_MONOTONIC, &a);
        SHOW(nanosleep(&day, 0));
        clock_gettime(CLOCK_MONOTONIC, &b_);
        SHOW(b_.tv_sec - a.tv_sec);
        SHOW(time(0));
        SHOW(usleep(1)); SHOW(clock_gettime(77, &a)); SHOW(nanosleep((void *)&(long[]){-1, 0}, 0));
    """
    answers = results(body)
    assert answers[0] == "0"
    assert answers[1] in ("86400", "86401")
    assert answers[2] == str(1_704_067_200 + 86_400)
    assert answers[3:] == ["0", "-1 EINVAL", "-1 EINVAL"]


def test_an_alarm_interrupts_a_program_that_only_computes() -> None:
    body = """
        #include <signal.h>
        #include <sys/time.h>
        static volatile int rang;
        static void ring(int s) { rang = s; }
        int main(void) {
            struct itimerval soon = {{0, 0}, {0, 500}};
            long turns = 0;
            signal(SIGALRM, ring);
            setitimer(ITIMER_REAL, &soon, 0);
            while (!rang) turns++;
            return turns > 1000 && turns < 500000 ? rang : 1;
        }
    """
    assert emulated(compile_c(body, "-static", "-O1")).ending.status == 14


def test_who_waits_for_ever_is_told() -> None:
    binary = compile_c("#include <unistd.h>\nint main(void) { pause(); }")
    ending = emulated(binary).ending
    assert ending.reason == "unsupported"
    assert "waits for ever: for a signal" in ending.detail


VARYING = r"""
    struct timespec t; struct utsname u; int r; char *p = malloc(9);
    clock_gettime(CLOCK_REALTIME, &t);
    getrandom(&r, 4, 0);
    uname(&u);
    printf("%ld.%ld %d %d %p %s %s %s\n", t.tv_sec, t.tv_nsec, r, getpid(), p, u.nodename, u.release, argv[0]);
    printf("%llx %s\n", (long long)__builtin_ia32_rdtsc(), getenv("HOME"));
"""


def test_two_runs_are_the_same_wherever_they_happen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = compile_c(SHOW + VARYING + "}", "-w")
    job = job_of(binary, watch=watch(binary, "main"))
    with Emulator(1) as emulator:
        first = emulator.run(job)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("HOME", "/elsewhere")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/elsewhere")
    os.umask(os.umask(0o077))
    with Emulator(1) as emulator:
        second = [emulator.run(job), emulator.run(job)]
    assert b"(null)" in emulated(binary).stdout
    assert pickle.dumps(first) == pickle.dumps(second[0]) == pickle.dumps(second[1])


def test_a_job_crosses_a_process_boundary_unchanged() -> None:
    job = Job(b"\x7fELF", "/p", ("p",))
    assert pickle.loads(pickle.dumps(job)) == job


WRONG = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#define SHOW(x) do { errno = 0; long r = (long)(x); \
    printf("%s = %ld%s%s\n", #x, r, r < 0 ? " " : "", r < 0 ? strerrorname_np(errno) : ""); } while (0)
static char b[4096];
int main(void) {
    struct rlimit limit = {2, 1};
    siginfo_t info;
    char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    SHOW(prctl(PR_SET_NAME, "another name of mine"));
    SHOW(prctl(PR_GET_NAME, b));
    puts(b);
    SHOW(prctl(PR_SET_NAME, ""));
    SHOW(prctl(PR_GET_NAME, b));
    puts(b);
    SHOW(prctl(PR_SET_NAME, 8));
    SHOW(getrlimit(99, &limit));
    SHOW(syscall(SYS_getrlimit, RLIMIT_STACK, 0));
    SHOW(setrlimit(99, &limit));
    SHOW(setrlimit(RLIMIT_CORE, &limit));
    SHOW(syscall(SYS_prlimit64, 0, 16, 0, 0));
    SHOW(syscall(SYS_prlimit64, 0, RLIMIT_STACK, 8, 0));
    SHOW(getrandom(b, 10, 0xff));
    SHOW(getrandom(b, 10, GRND_RANDOM | 4));
    SHOW(getrandom(b, 10, GRND_NONBLOCK));
    SHOW(mprotect(page, 4096, 0x100));
    SHOW(mprotect(page, 0, 0x100));
    SHOW(mprotect(page, 4096, PROT_READ | PROT_GROWSDOWN));
    SHOW(mprotect(page, 4096, PROT_READ | PROT_GROWSUP));
    SHOW(mprotect(page, 4096, PROT_READ | 8));
    SHOW(pread(0, b, 1, -1));
    SHOW(pread(99, b, 1, -1));
    SHOW(pread(99, b, 1, 0));
    SHOW(pwrite(1, b, 1, -1));
    SHOW(syscall(SYS_tgkill, -1, -1, 0));
    SHOW(syscall(SYS_tgkill, getpid(), 0, 0));
    SHOW(syscall(SYS_tgkill, getpid(), getpid(), 65));
    SHOW(syscall(SYS_tgkill, getpid(), 0x7fffffff, 0));
    SHOW(syscall(SYS_tkill, -5, 0));
    SHOW(wait(0));
    SHOW(waitpid(-1, 0, WNOHANG));
    SHOW(waitpid(getpid(), 0, 0));
    SHOW(waitpid(-1, 0, 0x100));
    SHOW(syscall(SYS_wait4, 0x80000000, 0, 0, 0));
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    SHOW(waitid(P_ALL, 0, &info, 0));
    SHOW(waitid(77, 0, &info, WEXITED));
    return 0;
}
"""


@pytest.mark.oracle
def test_what_is_asked_wrongly_is_answered_as_by_the_kernel() -> None:
    binary = compile_c(WRONG, "-static", "-w")
    here, there = native(binary), emulated(binary)
    assert there.stdout.decode().splitlines() == here.stdout.decode().splitlines()
    assert here.returncode == there.ending.status == 0
    assert there.notes == ()
