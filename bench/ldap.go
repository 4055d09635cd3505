package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// Of LDAP (RFC 4511) this file has what one search takes.

const (
	tagBoolean    = 0x01
	tagInteger    = 0x02
	tagOctets     = 0x04
	tagEnumerated = 0x0a
	tagSequence   = 0x30
	tagSearch     = 0x63 // SearchRequest
	tagDone       = 0x65 // SearchResultDone
	tagPresent    = 0x87 // a filter: the attribute is there
)

func ldapName(i int) string { return fmt.Sprintf("cn=%s,cn=bench", userID(i)) }

// searches returns searches for random users.
func searches(users int) []request {
	list := make([]request, repeated)
	for i := range list {
		list[i] = request{raw: search(ldapName(rand.IntN(users)))}
	}
	return list
}

// search asks for one entry with all its attributes.
func search(name string) []byte {
	operation := element(
		tagSearch, element(tagOctets, []byte(name)),
		element(tagEnumerated, []byte{0}), // scope: the entry itself
		element(tagEnumerated, []byte{0}), // aliases: as they are
		element(tagInteger, []byte{0}),    // no limit of entries
		element(tagInteger, []byte{0}),    // nor of time
		element(tagBoolean, []byte{0}),    // values too
		element(tagPresent, []byte("objectClass")),
		element(tagSequence), // all attributes
	)
	return element(tagSequence, element(tagInteger, []byte{1}), operation)
}

// element is one in BER.
func element(tag byte, content ...[]byte) []byte {
	var body []byte
	for _, c := range content {
		body = append(body, c...)
	}
	if len(body) < 0x80 {
		return append([]byte{tag, byte(len(body))}, body...)
	}
	return append([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}

// readLDAP reads the messages that answer a search. The status is the result
// code, or -1 if there was no entry.
func readLDAP(r *bufio.Reader) (answer, error) {
	for entries := 0; ; entries++ {
		tag, body, err := readMessage(r)
		switch {
		case err != nil:
			return answer{}, err
		case tag != tagDone:
			continue
		case len(body) < 3 || entries == 0:
			return answer{status: -1}, nil
		}
		return answer{status: int(body[2])}, nil // the content of its first element
	}
}

// readMessage reads one message and returns the operation in it.
func readMessage(r *bufio.Reader) (tag byte, body []byte, err error) {
	if _, _, err := readHeader(r); err != nil {
		return 0, nil, err
	}
	_, length, err := readHeader(r) // of the number of the message
	if err != nil {
		return 0, nil, err
	}
	if _, err := r.Discard(length); err != nil {
		return 0, nil, err
	}
	if tag, length, err = readHeader(r); err != nil {
		return 0, nil, err
	}
	body = make([]byte, length)
	_, err = io.ReadFull(r, body)
	return tag, body, err
}

// readHeader reads a tag and the length of what follows.
func readHeader(r *bufio.Reader) (tag byte, length int, err error) {
	if tag, err = r.ReadByte(); err != nil {
		return 0, 0, err
	}
	first, err := r.ReadByte()
	if err != nil || first < 0x80 {
		return tag, int(first), err
	}
	for range first & 0x7f {
		next, err := r.ReadByte()
		if err != nil {
			return 0, 0, err
		}
		length = length<<8 | int(next)
	}
	return tag, length, nil
}
