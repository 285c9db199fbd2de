package io.skein.client;

/** What every bus is built from. */
public abstract sealed class BusBuilder<B extends BusBuilder<B>>
        permits HttpMessageBus.Builder, KafkaMessageBus.Builder {
    final BufferSettings buffer;
    DeliverySettings delivery = DeliverySettings.defaults();
    BusListener listener = BusListener.SILENT;

    BusBuilder(BufferSettings buffer) {
        this.buffer = buffer;
    }

    public B delivery(DeliverySettings settings) {
        delivery = settings;
        return self();
    }

    public B listener(BusListener hears) {
        listener = hears;
        return self();
    }

    abstract B self();
}
