package main

var result int

//go:noinline
func larger(a, b int) int {
	if a > b {
		return a
	}
	return b
}

//go:noinline
func sumTo(n int) int {
	sum := 0
	for i := 1; i <= n; i++ {
		sum += i
	}
	return sum
}

//go:noinline
func compute(op, a, b int) int {
	switch op {
	case 0:
		return a + b
	case 1:
		return a - b
	case 2:
		return a * b
	case 3:
		return a & b
	case 4:
		return a | b
	case 5:
		return a ^ b
	case 6:
		return a &^ b
	case 7:
		return a << 3
	case 8:
		return b << 3
	}
	return 0
}

//go:noinline
func days(month int) int {
	switch month {
	case 1:
		return 31
	case 2:
		return 28
	case 3:
		return 31
	case 4:
		return 30
	case 5:
		return 31
	case 6:
		return 30
	case 7:
		return 31
	case 8:
		return 31
	case 9:
		return 30
	}
	return 0
}

func main() {
	result = larger(3, 5)
	result = sumTo(3)
	result = compute(7, 5, 2)
	result = days(8)
}
