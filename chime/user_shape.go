package chime

import (
	"crypto/rand"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"carillon/api"
	"carillon/store"
)

// detail says which answer shows a user: the PIN and the presence are not part
// of all of them.
type detail struct {
	pin, presence bool
}

var (
	fullDetail = detail{pin: true, presence: true} // GetUser, UpdateUser
	pinDetail  = detail{pin: true}                 // ResetPersonalPIN
	listDetail = detail{}                          // ListUsers, CreateUser
)

// userShape shows a user. none is what a user without Alexa for Business shows of
// it: nearly all, so that those of one answer share it.
func userShape(u *store.User, d detail, none *api.AlexaForBusinessMetadata) (v api.User) {
	v = api.User{
		AccountId:                api.Some(u.AccountID),
		AlexaForBusinessMetadata: alexaShape(u, none),
		DisplayName:              api.NonZero(u.DisplayName),
		EmailAlias:               []string{},
		FullName:                 api.NonZero(u.DisplayName),
		InvitedOn:                api.Timestamp(u.InvitedMs),
		IsProTrial:               api.Some(false),
		LicenseType:              api.Some(api.License(u.License)),
		PrimaryEmail:             api.Some(u.Email),
		PrimaryProvisionedNumber: api.NonZero(u.PhoneNumber),
		RegisteredOn:             api.Timestamp(u.RegisteredMs),
		UserId:                   u.UserID,
		UserInvitationStatus:     api.NonZero(api.InviteStatus(u.Invitation)),
		UserRegistrationStatus:   api.Some(api.RegistrationStatus(u.Registration)),
		UserType:                 api.Some(api.UserType(u.Type)),
	}
	if d.pin {
		v.PersonalPIN = api.NonZero(u.PersonalPIN)
	}
	if d.presence && u.PersonalPIN != "" {
		v.PresenceVisibility = api.Some("Public")
	}
	return v
}

// userAtMost bounds the size of what lists show of a user, in bytes of JSON: names
// and punctuation of all members, and six bytes for each of a text's.
func userAtMost(v *api.User) int {
	texts := len(v.PrimaryEmail.V) + len(v.DisplayName.V) + len(v.FullName.V) + len(v.UserId) + len(v.AccountId.V)
	return 1024 + 6*(texts+len(v.AlexaForBusinessMetadata.AlexaForBusinessRoomArn.V))
}

func noAlexa() *api.AlexaForBusinessMetadata {
	return &api.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: api.Some(false)}
}

func alexaShape(u *store.User, none *api.AlexaForBusinessMetadata) *api.AlexaForBusinessMetadata {
	if !u.AlexaEnabled && u.AlexaRoomArn == "" {
		return none
	}
	return &api.AlexaForBusinessMetadata{
		AlexaForBusinessRoomArn:   api.NonZero(u.AlexaRoomArn),
		IsAlexaForBusinessEnabled: api.Some(u.AlexaEnabled),
	}
}

// maxEmailLength is the longest address in characters.
const maxEmailLength = 254

// checkEmail checks the rules for addresses beyond the model's pattern: one
// address, of characters that can be seen.
func checkEmail(member, email string) error {
	if n := utf8.RuneCountInString(email); n > maxEmailLength {
		return api.Invalid(member, "have length less than or equal to %d, not %d", maxEmailLength, n)
	}
	if strings.ContainsFunc(email, unseen) {
		return api.Invalid(member, "not contain blanks, control, bidirectional or other format characters")
	}
	if strings.ContainsAny(email, ",;") {
		return api.Invalid(member, "be one address, not a list")
	}
	if strings.ContainsAny(email, "<>") {
		return api.Invalid(member, "be an address alone, without angle brackets")
	}
	return nil
}

// unseen: the format characters (Cf) are those that turn the direction of text,
// join and part letters, and the like.
func unseen(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) }

// displayName returns the name of a new user: the username or, without one,
// the local part of the address in words.
func displayName(username, email string) string {
	if strings.TrimSpace(username) != "" {
		return username
	}
	words := strings.FieldsFunc(localPart(email), func(r rune) bool { return strings.ContainsRune("._-+", r) })
	for i, w := range words {
		r, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + w[size:]
	}
	if len(words) == 0 {
		return localPart(email)
	}
	return strings.Join(words, " ")
}

func localPart(email string) string { return email[:strings.LastIndexByte(email, '@')] }

func domainOf(email string) string { return email[strings.LastIndexByte(email, '@')+1:] }

// pins are the numbers of ten digits that do not begin with zero.
var (
	firstPIN  = big.NewInt(1_000_000_000)
	countPINs = big.NewInt(9_000_000_000)
)

// newPIN returns a random personal meeting PIN.
func newPIN() string {
	n, err := rand.Int(rand.Reader, countPINs)
	if err != nil { // the system's randomness never fails
		panic(err)
	}
	return n.Add(n, firstPIN).String()
}
