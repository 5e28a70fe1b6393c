package main

func named(n int) (r int) {
	defer func() { r++ }()
	r = n * 2
	return r
}

func plain(n int) int {
	r := n * 2
	defer func() { r++ }()
	return r
}

func main() {
	println(named(3), plain(3))
}
