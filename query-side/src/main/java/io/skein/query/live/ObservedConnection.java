package io.skein.query.live;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/** Tells {@link Subscriptions} of each connection from before its first frame to after its last. */
final class ObservedConnection extends WebSocketHandlerDecorator {
    private final Subscriptions subscriptions;

    ObservedConnection(WebSocketHandler handler, Subscriptions subscriptions) {
        super(handler);
        this.subscriptions = subscriptions;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) throws Exception {
        subscriptions.opened(session.getId());
        super.afterConnectionEstablished(session);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
        try {
            super.afterConnectionClosed(session, status);
        } finally {
            subscriptions.closed(session.getId());
        }
    }
}
