
        .file   "fault.s"
        .text
        .globl  _start
        .type   _start, @function
_start:
        mov     $0x10008, %esp
        push    %rax
        .size   _start, . - _start

        .section .note.GNU-stack, "", @progbits
