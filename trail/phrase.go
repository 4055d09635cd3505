package trail

import "carillon/store"

// Records are kept in a short form: bytes below a blank, which JSON does not have,
// stand for what all of them have in common. That is half of the bytes, and writing
// them is most of what a record costs; and what look-ups need is found at once.
//
// The numbers are in databases, where other versions of the program read them: new
// ones come last.
const (
	pBegin byte = iota + 1
	pTime
	pSource
	pName
	pRegion
	pAddress
	pAgent
	pErrorCode
	pErrorMessage
	pAsked
	pAnswered
	pRequestID
	pEventID // with the id
	pWrites
	pReads
	pResources
	pResource
	pType
	pARN
	pChimeARN
	pCall
	pVersion
	pRecipient // with the AWS account
	pEnd
	pHidden
	pKey
	pNull
	pUser
	// The last ones are what the row of the record has beside it.
	pAwsAccount
	pAccount
)

var phrases = [...]string{
	pBegin:        `{"eventVersion":"1.11","userIdentity":{"type":"`,
	pTime:         `,"eventTime":"`,
	pSource:       `,"eventSource":"`,
	pName:         `,"eventName":"`,
	pRegion:       `,"awsRegion":"`,
	pAddress:      `,"sourceIPAddress":"`,
	pAgent:        `,"userAgent":"`,
	pErrorCode:    `,"errorCode":"`,
	pErrorMessage: `,"errorMessage":"`,
	pAsked:        `,"requestParameters":`,
	pAnswered:     `,"responseElements":`,
	pRequestID:    `,"requestID":"`,
	pEventID:      `,"eventID":"`,
	pWrites:       `,"readOnly":false`,
	pReads:        `,"readOnly":true`,
	pResources:    `,"resources":[`,
	pResource:     `{"accountId":"`,
	pType:         `","type":"`,
	pARN:          `","ARN":"`,
	pChimeARN:     `arn:aws:chime::`,
	pCall:         `,"eventType":"AwsApiCall"`,
	pVersion:      `,"apiVersion":"`,
	pRecipient:    `,"managementEvent":true,"recipientAccountId":"`,
	pEnd:          `,"eventCategory":"Management"`,
	pHidden:       `"HIDDEN_DUE_TO_SECURITY_REASONS"`,
	pKey:          `","accessKeyId":"`,
	pNull:         `null`,
	pUser:         `","userName":"`,
	pAwsAccount:   "",
	pAccount:      "",
}

// expand returns the record of a row as it is read.
func expand(r *store.AuditRecord) []byte { return expandText(r, r.Record) }

// expandText returns a part of a record as it is read.
func expandText(r *store.AuditRecord, text []byte) []byte {
	b := make([]byte, 0, 2*len(text))
	from := 0
	for i, c := range text {
		if c >= ' ' {
			continue
		}
		b = append(b, text[from:i]...)
		from = i + 1
		switch {
		case c == pAwsAccount:
			b = append(b, r.AwsAccountID...)
		case c == pAccount:
			b = append(b, r.AccountID...)
		case int(c) < len(phrases):
			b = append(b, phrases[c]...)
		}
		if c == pEventID {
			b = append(append(b, r.EventID...), '"')
		} else if c == pRecipient {
			b = append(append(b, r.AwsAccountID...), '"')
		}
	}
	return append(b, text[from:]...)
}
