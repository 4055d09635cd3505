package store

// Missing is the ErrNotFound that says of what kind the record is that is not
// there.
type Missing struct{ What string }

func (m *Missing) Error() string { return "store: no such " + m.What }

// Is makes every Missing an ErrNotFound.
func (m *Missing) Is(target error) bool { return target == ErrNotFound }

// The kinds of records that callers can ask for by an id.
var (
	// NoAccount and NoNumber are also for those who know without looking.
	NoAccount    = &Missing{"account"}
	NoNumber     = &Missing{"phone number"}
	noUser       = &Missing{"user"}
	noDomain     = &Missing{"domain"}
	noRoom       = &Missing{"room"}
	noMembership = &Missing{"room membership"}
	noMessage    = &Missing{"message"}
	noBot        = &Missing{"bot"}
	noWebhook    = &Missing{"webhook"}
	noInvitation = &Missing{"invitation"}
	noOrder      = &Missing{"phone number order"}
	noAccessKey  = &Missing{"access key"}
	noJob        = &Missing{"job"}
	noScimToken  = &Missing{"SCIM token"}
	noScimGroup  = &Missing{"group"}

	noIamUser          = &Missing{"IAM user"}
	noIamPolicy        = &Missing{"IAM policy"}
	noIamPolicyVersion = &Missing{"version of the IAM policy"}
	noIamUserPolicy    = &Missing{"policy of the IAM user"}
	noIamAttachment    = &Missing{"attachment of the IAM policy"}

	noConsoleNote = &Missing{"note"}
	noConsoleFile = &Missing{"file"}

	noRecord = &Missing{"record"}
)
