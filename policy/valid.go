package policy

// IsNumber reports whether a value can be compared with numbers.
func IsNumber(value string) bool {
	_, ok := parseQuantity(value)
	return ok
}

// IsDate reports whether a value can be compared with dates: it is one of ISO
// 8601, or seconds since 1970.
func IsDate(value string) bool {
	_, ok := parseInstant(value)
	return ok
}

// IsAddress reports whether a value can be compared with networks.
func IsAddress(value string) bool {
	_, ok := parseAddress(value)
	return ok
}

// IsBool reports whether a value can be compared with true and false.
func IsBool(value string) bool { return isBool(value) }
