package store

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// packedFormat is the form of blocks; those of another one are made anew.
const packedFormat = 1

// packedUser is what a block tells of a user: all that searches filter and sort by.
type packedUser struct {
	place                       string
	email, name                 string // in lower case
	key                         string // that of the address
	registration, license, kind string
	invitedMs, registeredMs     int64
}

// packed returns what a block tells of a user.
func packed(u *userRow) packedUser {
	return packedUser{
		place: string(u.place.key), email: strings.ToLower(u.Email), name: strings.ToLower(u.DisplayName), key: u.emailKey,
		registration: u.Registration, license: u.License, kind: u.Type, invitedMs: u.InvitedMs, registeredMs: u.RegisteredMs,
	}
}

// class is what many users have in common.
type class struct{ registration, license, kind string }

func (u *packedUser) class() class { return class{u.registration, u.license, u.kind} }

// block is a row of user_blocks.
type block struct {
	place []byte
	users int64
	// meta are the classes, then of each user place, class and how long the texts are,
	// behind the length of all that, and then the times of each: numbers as varints,
	// texts behind their length.
	meta []byte
	// texts are address, name and, if it is not the address, the key of the address
	// of one user behind the other.
	texts []byte
}

func newBlock(users []packedUser) block {
	b := block{place: []byte(users[0].place), users: int64(len(users))}
	var classes []class
	var rows, times []byte
	for i := range users {
		u := &users[i]
		at := slices.Index(classes, u.class())
		if at < 0 {
			at, classes = len(classes), append(classes, u.class())
		}
		rows = binary.AppendUvarint(appendPacked(rows, u.place), uint64(at))
		times = binary.AppendVarint(binary.AppendVarint(times, u.invitedMs), u.registeredMs)
		key := u.key
		if key == u.email {
			key = ""
		}
		for _, text := range [...]string{u.email, u.name, key} {
			rows, b.texts = binary.AppendUvarint(rows, uint64(len(text))), append(b.texts, text...)
		}
	}
	b.meta = binary.AppendUvarint(nil, uint64(len(classes)))
	for _, c := range classes {
		b.meta = appendPacked(appendPacked(appendPacked(b.meta, c.registration), c.license), c.kind)
	}
	b.meta = append(appendPacked(b.meta, string(rows)), times...)
	return b
}

func appendPacked(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

var errBlock = errors.New("a block of packed users has a form that this program does not know")

// each calls do for the users of a block, in order; the packedUser is used again. Who
// does not need their times saves much of the work.
func (b *block) each(withTimes bool, do func(*packedUser) error) error {
	times := unpacker{rest: string(b.meta)}
	classes := make([]class, min(times.size(), len(b.meta)))
	for i := range classes {
		classes[i] = class{times.text(), times.text(), times.text()}
	}
	rows, texts := unpacker{rest: times.text()}, unpacker{rest: string(b.texts)}
	var u packedUser
	for range b.users {
		if u.place = rows.text(); !u.setClass(classes, rows.size()) {
			return errBlock
		}
		u.email, u.name = texts.cut(rows.size()), texts.cut(rows.size())
		if u.key = texts.cut(rows.size()); u.key == "" {
			u.key = u.email
		}
		if withTimes {
			u.invitedMs, u.registeredMs = times.number(), times.number()
		}
		if rows.failed || texts.failed || times.failed {
			return errBlock
		}
		if err := do(&u); err != nil {
			return err
		}
	}
	return nil
}

// setClass sets what the user has in common with others, as the i-th class says, if
// there is one.
func (u *packedUser) setClass(classes []class, i int) bool {
	if i >= len(classes) {
		return false
	}
	u.registration, u.license, u.kind = classes[i].registration, classes[i].license, classes[i].kind
	return true
}

// unpacker reads what a block is made of.
type unpacker struct {
	rest   string
	failed bool
}

func (p *unpacker) uvarint() uint64 {
	if len(p.rest) > 0 && p.rest[0] < 0x80 { // most are small
		n := p.rest[0]
		p.rest = p.rest[1:]
		return uint64(n)
	}
	return p.longUvarint()
}

func (p *unpacker) longUvarint() (n uint64) {
	for shift := 0; shift < 64 && shift/7 < len(p.rest); shift += 7 {
		c := p.rest[shift/7]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			p.rest = p.rest[shift/7+1:]
			return n
		}
	}
	p.failed, p.rest = true, ""
	return 0
}

// size reads how much there is of something; there is never more than bytes.
func (p *unpacker) size() int { return int(min(p.uvarint(), maxPacked)) }

// maxPacked is more than a block has of anything.
const maxPacked = 1 << 30

func (p *unpacker) number() int64 {
	n := p.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

func (p *unpacker) text() string { return p.cut(p.size()) }

func (p *unpacker) cut(n int) string {
	if n > len(p.rest) {
		p.failed = true
		return ""
	}
	text := p.rest[:n]
	p.rest = p.rest[n:]
	return text
}
