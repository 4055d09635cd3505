package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// EmailKey returns the form in which e-mail addresses are compared: Unicode's
// normalization form C, case folded, without characters that are not to be seen,
// the domain in its ASCII form without a dot at its end. The key of a key is the
// key. An address in ASCII without capitals and trailing dot is its own key, for
// which nothing is allocated.
func EmailKey(email string) string {
	for i := range len(email) {
		if email[i] >= utf8.RuneSelf {
			return unicodeKey(email)
		}
	}
	return strings.TrimRight(strings.ToLower(email), ".")
}

func unicodeKey(email string) string {
	email = strings.Map(visible, email)
	local, domain := email, ""
	if at := strings.LastIndexByte(email, '@'); at >= 0 {
		local, domain = email[:at+1], email[at+1:]
	}
	return strings.TrimRight(foldUnicode(local)+asciiDomain(domain), ".")
}

// visible drops the characters that Unicode wants ignored where they have no
// effect (Default_Ignorable_Code_Point, derived as the standard says).
func visible(r rune) rune {
	switch {
	case r < utf8.RuneSelf || r >= 0xfff9 && r <= 0xfffb || r >= 0x13430 && r <= 0x13440:
	case unicode.In(r, unicode.White_Space, unicode.Prepended_Concatenation_Mark):
	case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Cf, unicode.Variation_Selector):
		return -1
	}
	return r
}

// foldUnicode decomposes first: some letters fold otherwise with their accents.
func foldUnicode(s string) string {
	return norm.NFC.String(strings.Map(foldCherokee, cases.Fold().String(norm.NFD.String(s))))
}

// foldCherokee: the standard folds these letters to capitals, package cases each
// form to the other.
func foldCherokee(r rune) rune {
	if unicode.Is(unicode.Cherokee, r) {
		return unicode.ToUpper(r)
	}
	return r
}

// asciiDomain returns a domain as the DNS has it, or, where it cannot be one,
// folded like everything else. Some capitals may not be in a domain, while their
// small letters may.
func asciiDomain(domain string) string {
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	domain = foldUnicode(domain)
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}
