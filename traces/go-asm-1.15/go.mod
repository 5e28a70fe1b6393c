module asm

go 1.15
