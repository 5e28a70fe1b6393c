package main

// Their bodies are in asm_amd64.s.
func add(a, b int64) int64
func diff(a, b int64) int64

var sum, rest int64

func main() {
	sum = add(1, 2)
	rest = diff(7, 3)
}
