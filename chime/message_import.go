package chime

import (
	"errors"
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// importMessagesStep is how many messages are added in one transaction: as many
// as SQLite adds in some 5 ms.
const importMessagesStep = 50

// DivideImportMessages has a large import leave others room between its parts.
func (s *Service) DivideImportMessages(in *api.ImportMessagesInput) (parts api.Parts[*api.ImportMessagesInput, *api.ImportMessagesOutput]) {
	for messages := range slices.Chunk(in.Messages, importMessagesStep) {
		parts.Inputs = append(parts.Inputs, &api.ImportMessagesInput{Messages: messages})
	}
	parts.Join = joinImportMessages
	return parts
}

func joinImportMessages(outs []*api.ImportMessagesOutput) *api.ImportMessagesOutput {
	imported, failed := 0, []api.ImportError{}
	for i, out := range outs {
		imported += out.Imported.V
		failed = append(failed, further(out.Errors, i*importMessagesStep)...)
	}
	return &api.ImportMessagesOutput{Imported: api.Some(imported), Errors: failed}
}

// ImportMessages adds messages that Amazon Chime exported; each succeeds or
// fails on its own. A large import has several transactions: if one of them
// fails, what those before it have added stays. A message that is there already
// is left as it is, so an import can be repeated.
func (s *Service) ImportMessages(w *work.Unit, in *api.ImportMessagesInput) (*api.ImportMessagesOutput, error) {
	report := newImportReport()
	for i := range in.Messages {
		if err := report.count(i, importMessage(w, &in.Messages[i])); err != nil {
			return nil, err
		}
	}
	return &api.ImportMessagesOutput{Imported: api.Some(report.imported), Errors: report.failed}, nil
}

func importMessage(w *work.Unit, in *api.ImportedMessage) error {
	if err := in.Validate(); err != nil {
		return err
	}
	at, err := parseTime("CreatedTimestamp", in.CreatedTimestamp.V)
	if err != nil {
		return err
	}
	c, err := importContainer(w, in)
	if err != nil {
		return err
	}
	m := &store.Message{
		AccountID: c.accountID, ContainerType: c.containerType, ContainerID: c.id, MessageID: in.MessageId.V,
		Sender: in.Sender.V, Content: in.Content.V, CreatedMs: at,
	}
	err = w.InsertMessage(m)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	if err != nil {
		return err
	}
	return noteSender(w, m)
}

// importContainer returns where a message belongs. Account and room are kept
// from being deleted until the message is there.
func importContainer(w *work.Unit, in *api.ImportedMessage) (container, error) {
	if in.RoomId.Set == in.ConversationId.Set {
		return container{}, api.BadRequest.Errorf("%s: give either RoomId or ConversationId", messageBadRequest)
	}
	a, err := enterprise(writable(w.KeepAccount(w.Caller.AwsAccountID, in.AccountId.V)))
	if err != nil {
		return container{}, err
	}
	if !in.RoomId.Set {
		return container{a.AccountID, store.InConversation, in.ConversationId.V}, nil
	}
	_, err = w.KeepRoom(a.AccountID, in.RoomId.V)
	return container{a.AccountID, store.InRoom, in.RoomId.V}, err
}
