# rsp points where nothing is mapped.
        .file   "fault.s"
        .text
        .globl  _start
        .type   _start, @function
_start:
        mov     $0x10008, %esp
        push    %rax                    # cannot be stored: nothing is changed
        .size   _start, . - _start

        .section .note.GNU-stack, "", @progbits
