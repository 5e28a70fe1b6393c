#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    long page = syscall(SYS_mmap, 0, 4096, PROT_READ, flags, -1, 0);
    return page == -1;
}
