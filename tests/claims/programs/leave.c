#include <stdlib.h>
static void leave(int n)
{
    exit(n + 2);
}
int main(int argc, char **argv)
{
    leave(argc);
    return 0;
}
