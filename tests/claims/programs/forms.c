#include <stdio.h>
#include <string.h>
const char *hello = "你好, world";
char text[32] = "naïve \001\377 end";
int main(int argc, char **argv)
{
    char local[16];
    strcpy(local, "abc");
    puts(hello);
    return argc + local[0];
}
