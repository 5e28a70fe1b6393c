package main

var (
	log  int
	good bool
)

//go:noinline
func note(n int) { log = log*10 + n }

//go:noinline
func work(n int) {
	defer note(1)
	if n > 0 {
		defer note(2)
	}
	note(3)
}

//go:noinline
func risky(n int) int {
	if n < 0 {
		panic("negative")
	}
	return n
}

//go:noinline
func safe(n int) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	risky(n)
	return true
}

func main() {
	work(1)
	good = safe(-1)
}
