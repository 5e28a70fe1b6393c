
        .file   "fault.s"
        .text
        .globl  _start
        .type   _start, @function
_start:
        mov     $0x10008, %esp
        sub     $8, %rsp
        mov     %rax, (%rsp)
        .size   _start, . - _start

        .section .note.GNU-stack, "", @progbits
