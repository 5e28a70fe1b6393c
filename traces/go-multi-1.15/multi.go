package main

func swap(a, b int) (int, int) {
	return b, a
}

func divmod(a, b int) (quotient, remainder int) {
	quotient = a / b
	remainder = a % b
	return
}

func main() {
	x, y := swap(3, 17)
	q, r := divmod(x, y)
	println(q, r)
}
