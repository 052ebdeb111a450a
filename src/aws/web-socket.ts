/** WebSockets between the gateway, which speaks the protocol, and the surface that takes them. */
import type { WireResponse } from './wire.ts';

/** An open WebSocket, as whoever took it sees it. */
export interface WebSocketPeer {
  /** Bytes that the client has not taken. */
  readonly waitingBytes: number;
  /** Sends one message, as text or as bytes. Nothing is sent once the connection closes. */
  send(message: string | Uint8Array): void;
  /** Says farewell and closes; whoever does not answer is cut. */
  close(code: number, reason: string): void;
  /** Takes no more of the client's messages, until `resume`. */
  pause(): void;
  resume(): void;
}

/** What a WebSocket's client does. */
export interface WebSocketHearer {
  /** Resolves once the message is done with, until when the server counts it; never rejects. */
  onMessage(message: string | Uint8Array): void | Promise<void>;
  /** A ping or a pong came. */
  onSign(): void;
  /** Once, however it closed. The gateway's closing waits for it. */
  onClose(code: number, reason: string): Promise<void>;
}

/** Takes a WebSocket; else its request is answered. */
export type WebSocketAnswer =
  | { readonly kind: 'refused'; readonly response: WireResponse }
  | { readonly kind: 'taken'; readonly taking: WebSocketTaking };

export interface WebSocketTaking {
  /** The one of the client's subprotocols that is spoken. */
  readonly protocol?: string;
  /** Longer ones close the connection with 1009. */
  readonly messageBytesMax: number;
  readonly frameBytesMax: number;
  open(peer: WebSocketPeer): WebSocketHearer;
  /** In the place of `open`, where the client has left meanwhile. */
  lost(): Promise<void>;
}
