package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
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

// container is where messages are: a room or a conversation.
type container struct{ accountID, containerType, id string }

// ListRoomMessages returns the messages of a room that retention lets see,
// newest first.
func (s *Service) ListRoomMessages(w *work.Unit, in *api.ListRoomMessagesInput) (*api.ListRoomMessagesOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults}
	messages, next, err := s.listMessages(w, q, container{in.AccountId, store.InRoom, in.RoomId})
	return &api.ListRoomMessagesOutput{Messages: messages, NextToken: next}, err
}

// ListConversationMessages returns the messages of a conversation that
// retention lets see, newest first.
func (s *Service) ListConversationMessages(w *work.Unit, in *api.ListConversationMessagesInput) (*api.ListConversationMessagesOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults}
	messages, next, err := s.listMessages(w, q, container{in.AccountId, store.InConversation, in.ConversationId})
	return &api.ListConversationMessagesOutput{Messages: messages, NextToken: next}, err
}

// messageList is newest first.
var messageList = list[store.Message, api.Message]{
	pageSize: resultPageSize,
	at:       func(m *store.Message) store.Position { return store.Position{Ms: m.CreatedMs, ID: m.MessageID} },
	shape:    value(messageShape),
	size:     jsonSize[api.Message],
}

func (s *Service) listMessages(w *work.Unit, q listing, c container) ([]api.Message, api.Opt[string], error) {
	return messageList.page(s, w, q, func(after store.Position, limit int) ([]store.Message, error) {
		a, err := enterprise(account(w, c.accountID))
		if err != nil {
			return nil, err
		}
		if err := findContainer(w, c); err != nil {
			return nil, err
		}
		since, err := visibleSince(w, a, c.containerType)
		if err != nil {
			return nil, err
		}
		return w.Messages(store.MessageFilter{
			AccountID: a.AccountID, ContainerType: c.containerType, ContainerID: c.id, SinceMs: since, After: after, Limit: limit,
		})
	})
}

// findContainer checks that an account has the room, or ever had a message of
// the conversation.
func findContainer(w *work.Unit, c container) error {
	if c.containerType == store.InRoom {
		_, err := w.Room(c.accountID, c.id)
		return err
	}
	found, err := w.HasConversation(c.accountID, c.id)
	if err == nil && !found {
		err = api.NotFound.Errorf("%s: there is no such conversation", messageNotFound)
	}
	return err
}

// visibleSince is the age of the oldest message that retention shows.
func visibleSince(w *work.Unit, a *store.Account, containerType string) (int64, error) {
	settings, err := w.RetentionSettings(a.AccountID)
	if containerType == store.InRoom {
		return retainedSince(w, settings.RoomDays), err
	}
	return retainedSince(w, settings.ConversationDays), err
}

// RedactRoomMessage blanks a message of a room for good.
func (s *Service) RedactRoomMessage(w *work.Unit, in *api.RedactRoomMessageInput) error {
	return redact(w, container{in.AccountId, store.InRoom, in.RoomId}, in.MessageId)
}

// RedactConversationMessage blanks a message of a conversation for good.
func (s *Service) RedactConversationMessage(w *work.Unit, in *api.RedactConversationMessageInput) error {
	return redact(w, container{in.AccountId, store.InConversation, in.ConversationId}, in.MessageId)
}

func redact(w *work.Unit, c container, messageID string) error {
	a, err := enterprise(writableAccount(w, c.accountID))
	if err != nil {
		return err
	}
	if err := findContainer(w, c); err != nil {
		return err
	}
	return w.RedactMessage(a.AccountID, c.containerType, c.id, messageID)
}
