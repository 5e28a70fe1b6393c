#include <stdlib.h>
int counter = 5;
struct pair { int x, y; };
struct pair origin = { 3, -4 };
double ratio = 2.5;
static int sum(int a, int b)
{
    int s = a + b;
    return s;
}
static struct pair turn(struct pair p)
{
    struct pair q = { p.y, p.x };
    return q;
}
int main(int argc, char **argv)
{
    int n = sum(argc, 2);
    counter += atoi("3");
    origin = turn(origin);
    counter += n;
    return counter;
}
