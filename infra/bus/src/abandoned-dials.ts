import { NodeTransport } from 'nats/lib/src/node_transport.js';

/**
 * A dial that the client gave up is ended. nats.js 2.29 leaves it as it is: a server that stood still and goes on greets the forgotten
 * socket, hears nothing and hangs up, which the client takes for the end of the connection that it has by then. It
 * dials once more beside that, two sockets feed one parser, and messages come out that nobody ever stored.
 */
const { connect, close } = NodeTransport.prototype;
const abandoned = new WeakSet<NodeTransport>();

NodeTransport.prototype.close = function (this: NodeTransport, error) {
  if (!this.connected) {
    abandoned.add(this);
    this.socket?.destroy();
  }
  return close.call(this, error);
};

NodeTransport.prototype.connect = async function (this: NodeTransport, server, options) {
  await connect.call(this, server, options);
  if (!abandoned.has(this)) return;
  this.socket.removeAllListeners();
  this.socket.destroy();
  throw new Error('given up before it was answered');
};
