#include <stdlib.h>
static int fault(int *p)
{
    return *p;
}
int main(int argc, char **argv)
{
    if (argc > 3)
        exit(7);
    return fault(0);
}
