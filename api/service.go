package api

// Service is one of the AWS services that the server speaks. Its operations are
// in one table.
type Service struct {
	// Name is the service's in credential scopes and actions: chime, iam, sts.
	Name string
	// Version is that of its API, as in 2018-05-01.
	Version string
	// Protocol tells how requests and answers look.
	Protocol Protocol
	// Namespace is that of the XML of answers, of [Query].
	Namespace string
	// Target begins the names of operations in X-Amz-Target, of [JSON].
	Target string
	// Common are the refusals that any operation may answer.
	*Common
	// Nearest says what a refusal of the rules becomes for an operation whose
	// list of errors lacks it: the SDKs of typed languages know only the listed
	// ones. See [Op.Listed].
	Nearest map[Kind]Kind
}

// EventSource is the service's name in records of the audit.
func (s *Service) EventSource() string { return s.Name + ".amazonaws.com" }

// Protocol is how an AWS service looks on the wire.
type Protocol uint8

// The protocols.
const (
	RESTJSON Protocol = iota // methods and paths; JSON
	Query                    // a form; XML
	JSON                     // JSON 1.1
)

// Common are the kinds of refusals that a protocol has beside those of single
// operations.
type Common struct {
	Denied      Kind // no policy permits it
	Invalid     Kind // a request that breaks the model
	Unknown     Kind // no such operation
	TooLarge    Kind // a body
	TooSlow     Kind // a body
	Throttled   Kind
	Unavailable Kind // for a while
	Failure     Kind // of the server
}

// Chime is the service of this package's table.
var Chime = &Service{
	Name: "chime", Version: "2018-05-01", Protocol: RESTJSON,
	Common: &Common{
		Denied: Forbidden, Invalid: BadRequest, Unknown: UnknownOperation, TooLarge: EntityTooLarge, TooSlow: RequestTimeout,
		Throttled: ThrottledClient, Unavailable: ServiceUnavailable, Failure: ServiceFailure,
	},
	Nearest: map[Kind]Kind{
		AccessDenied: Forbidden, Conflict: BadRequest, NotFound: BadRequest, ResourceLimitExceeded: BadRequest, UnprocessableEntity: BadRequest,
	},
}

// QueryCommon are the common refusals of [Query].
var QueryCommon = &Common{
	Denied:      queryKind("AccessDenied", 403),
	Invalid:     queryKind("ValidationError", 400),
	Unknown:     queryKind("InvalidAction", 400),
	TooLarge:    queryKind("RequestEntityTooLarge", 413),
	TooSlow:     queryKind("RequestTimeout", 408),
	Throttled:   queryKind("Throttling", 400),
	Unavailable: queryKind("ServiceUnavailable", 503),
	Failure:     queryKind("InternalFailure", 500),
}

// queryKind returns a kind that no shape of a model describes.
func queryKind(code ErrorCode, status int) Kind {
	return Kind{Name: string(code), Code: code, Status: status}
}

// JSONCommon are the common refusals of [JSON].
var JSONCommon = &Common{
	Denied:      Kind{Name: "AccessDeniedException", Status: 403},
	Invalid:     Kind{Name: "ValidationException", Status: 400},
	Unknown:     UnknownOperation,
	TooLarge:    EntityTooLarge,
	TooSlow:     RequestTimeout,
	Throttled:   Kind{Name: "ThrottlingException", Status: 400},
	Unavailable: Kind{Name: "ServiceUnavailableException", Status: 503},
	Failure:     Kind{Name: "InternalFailure", Status: 500},
}
