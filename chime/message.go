package chime

import (
	"context"
	"errors"
	"time"

	"carillon/api"
	"carillon/store"
)

func messageShape(m *store.Message) *api.Message {
	v := &api.Message{
		AccountId: api.Some(m.AccountID), Content: api.NonZero(m.Content), CreatedTimestamp: api.Timestamp(m.CreatedMs),
		MessageId: api.Some(m.MessageID), Redacted: api.Some(m.Redacted), Sender: api.Some(m.Sender),
	}
	if m.ContainerType == store.InRoom {
		v.RoomId = api.Some(m.ContainerID)
	} else {
		v.ConversationId = api.Some(m.ContainerID)
	}
	return v
}

// ListRoomMessages returns the messages of a room that retention lets see,
// newest first.
func (s *Service) ListRoomMessages(ctx context.Context, in *api.ListRoomMessagesInput) (*api.ListRoomMessagesOutput, error) {
	l := messageList{"ListRoomMessages", in.AccountId, store.InRoom, in.RoomId, in.NextToken, in.MaxResults}
	messages, next, err := s.listMessages(ctx, l)
	return &api.ListRoomMessagesOutput{Messages: messages, NextToken: next}, err
}

// ListConversationMessages returns the messages of a conversation that
// retention lets see, newest first.
func (s *Service) ListConversationMessages(ctx context.Context, in *api.ListConversationMessagesInput) (*api.ListConversationMessagesOutput, error) {
	l := messageList{"ListConversationMessages", in.AccountId, store.InConversation, in.ConversationId, in.NextToken, in.MaxResults}
	messages, next, err := s.listMessages(ctx, l)
	return &api.ListConversationMessagesOutput{Messages: messages, NextToken: next}, err
}

// messageList is what both lists are asked for.
type messageList struct {
	operation, accountID, containerType, containerID string
	token                                            api.Opt[string]
	maxResults                                       api.Opt[int]
}

func (s *Service) listMessages(ctx context.Context, l messageList) ([]api.Message, api.Opt[string], error) {
	sc := scope(l.operation, awsAccount(ctx), l.accountID+"/"+l.containerID)
	c, err := s.tokens.open(sc, l.token)
	if err != nil {
		return nil, api.Opt[string]{}, err
	}
	limit := l.maxResults.Or(resultPageSize)
	var rows []store.Message
	err = s.inAccount(ctx, l.accountID, func(r store.Records, a *store.Account) (err error) {
		if err := findContainer(r, a, l.containerType, l.containerID); err != nil {
			return err
		}
		since, err := s.visibleSince(r, a, l.containerType)
		if err != nil {
			return err
		}
		rows, err = r.Messages(store.MessageFilter{
			AccountID: a.AccountID, ContainerType: l.containerType, ContainerID: l.containerID,
			SinceMs: since, BeforeMs: c.Ms, BeforeID: c.ID, Limit: limit + 1,
		})
		return err
	})
	if err != nil {
		return nil, api.Opt[string]{}, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(m *store.Message) (int64, string) { return m.CreatedMs, m.MessageID })
	return shapes(rows, messageShape), next, nil
}

// findContainer checks that the account has the room, or ever had a message of
// the conversation.
func findContainer(r store.Records, a *store.Account, containerType, containerID string) error {
	if err := enterprise(a); err != nil {
		return err
	}
	if containerType == store.InRoom {
		_, err := r.Room(a.AccountID, containerID)
		return absent(err)
	}
	found, err := r.HasConversation(a.AccountID, containerID)
	if err == nil && !found {
		return notFound()
	}
	return err
}

// visibleSince is the age of the oldest message that retention shows.
func (s *Service) visibleSince(r store.Records, a *store.Account, containerType string) (int64, error) {
	settings, err := r.RetentionSettings(a.AccountID)
	if containerType == store.InRoom {
		return s.retainedSince(settings.RoomDays), err
	}
	return s.retainedSince(settings.ConversationDays), err
}

// RedactRoomMessage blanks a message of a room for good.
func (s *Service) RedactRoomMessage(ctx context.Context, in *api.RedactRoomMessageInput) error {
	return s.redact(ctx, in.AccountId, store.InRoom, in.RoomId, in.MessageId)
}

// RedactConversationMessage blanks a message of a conversation for good.
func (s *Service) RedactConversationMessage(ctx context.Context, in *api.RedactConversationMessageInput) error {
	return s.redact(ctx, in.AccountId, store.InConversation, in.ConversationId, in.MessageId)
}

func (s *Service) redact(ctx context.Context, accountID, containerType, containerID, messageID string) error {
	return s.writeAccount(ctx, accountID, func(r store.Records, a *store.Account) error {
		if err := enterprise(a); err != nil {
			return err
		}
		return absent(r.RedactMessage(a.AccountID, containerType, containerID, messageID))
	})
}

// ImportMessages adds messages that Amazon Chime exported; each succeeds or
// fails on its own. A message that is there already is left as it is, so an
// import can be repeated.
func (s *Service) ImportMessages(ctx context.Context, in *api.ImportMessagesInput) (*api.ImportMessagesOutput, error) {
	out := &api.ImportMessagesOutput{}
	err := s.Store.Update(ctx, func(r store.Records) error {
		imported, failed := 0, []api.ImportError{}
		for i := range in.Messages {
			refusal, err := itemError(s.importMessage(ctx, r, &in.Messages[i]))
			if err != nil {
				return err
			}
			if refusal == nil {
				imported++
				continue
			}
			failed = append(failed, api.ImportError{
				Index: api.Some(i), ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: api.Some(refusal.Message),
			})
		}
		out.Imported, out.Errors = api.Some(imported), failed
		return nil
	})
	return out, err
}

func (s *Service) importMessage(ctx context.Context, r store.Records, in *api.ImportedMessage) error {
	if err := in.Validate(); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, in.CreatedTimestamp.V)
	if err != nil || at.UnixMilli() <= 0 {
		return api.Invalid("CreatedTimestamp", "be a time such as 2019-01-08T17:59:18.006Z")
	}
	if in.RoomId.Set == in.ConversationId.Set {
		return api.BadRequest.Errorf("%s: give either RoomId or ConversationId", messageBadRequest)
	}
	a, err := r.Account(awsAccount(ctx), in.AccountId.V)
	if err != nil {
		return absent(err)
	}
	if err := writable(&a); err != nil {
		return err
	}
	m := &store.Message{
		AccountID: a.AccountID, ContainerType: store.InConversation, ContainerID: in.ConversationId.V, MessageID: in.MessageId.V,
		Sender: in.Sender.V, Content: in.Content.V, CreatedMs: at.UnixMilli(),
	}
	if in.RoomId.Set {
		m.ContainerType, m.ContainerID = store.InRoom, in.RoomId.V
		if err := findContainer(r, &a, m.ContainerType, m.ContainerID); err != nil {
			return err
		}
	} else if err := enterprise(&a); err != nil {
		return err
	}
	err = r.InsertMessage(m)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}
