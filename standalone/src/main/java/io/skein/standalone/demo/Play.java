package io.skein.standalone.demo;

import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.Outcome;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Plays tasks through: every request is answered once, after the steps it needs, and points at what caused it. */
final class Play {
    private final Agenda agenda;
    private final Voices voices;
    private final Chance chance;
    private final Pool gpu;

    Play(Agenda agenda, Voices voices, Chance chance, Pool gpu) {
        this.agenda = agenda;
        this.voices = voices;
        this.chance = chance;
        this.gpu = gpu;
    }

    void begin(Tasks.Task task) {
        String conversation = voices.newConversation(task.subject());
        ask(task.desk(), task.work(), conversation, null, answer -> {
            if (!task.team().isEmpty()) {
                agenda.after(
                        chance.around(200),
                        () -> voices.say(Draft.broadcast(
                                task.work().agent(),
                                task.team(),
                                conversation,
                                answer.messageId(),
                                "For your information: " + task.work().answer())));
            }
        });
    }

    void ask(String from, Work work, String conversation, @Nullable MessageId cause, Consumer<Message> then) {
        Message request = voices.say(Draft.request(from, work.agent(), conversation, cause, work.request()));
        long asked = agenda.nowMillis();
        agenda.after(
                work.thinkMillis() / 2,
                () -> borrow(
                        work,
                        request,
                        given -> steps(
                                work,
                                request,
                                work.steps().iterator(),
                                () -> agenda.after(work.thinkMillis() / 2, () -> {
                                    if (given) {
                                        gpu.giveBack(work.gpuPercent());
                                        voices.say(Draft.broadcast(
                                                        work.agent(),
                                                        Role.SCHEDULER.agents(),
                                                        conversation,
                                                        request.messageId(),
                                                        "I no longer need the GPU")
                                                .claiming(gpu.claim(ClaimAction.RELEASE, work.gpuPercent())));
                                    }
                                    long took = agenda.nowMillis() - asked;
                                    then.accept(voices.say(Draft.answer(request, work.answer(), work.outcome(), took)));
                                }))));
    }

    private void steps(Work work, Message request, Iterator<Work> left, Runnable done) {
        if (!left.hasNext()) {
            done.run();
            return;
        }
        ask(
                work.agent(),
                left.next(),
                Draft.answer(request, "", Outcome.OK, 0).conversation(),
                request.messageId(),
                answer -> agenda.after(chance.around(120), () -> steps(work, request, left, done)));
    }

    private void borrow(Work work, Message request, Consumer<Boolean> then) {
        if (work.gpuPercent() == 0) {
            then.accept(false);
            return;
        }
        String scheduler = Role.SCHEDULER.agents().getFirst();
        String conversation = Draft.answer(request, "", Outcome.OK, 0).conversation();
        Message ask = voices.say(Draft.request(
                        work.agent(), scheduler, conversation, request.messageId(), "May I have a share of the GPU?")
                .claiming(gpu.claim(ClaimAction.REQUEST, work.gpuPercent())));
        long asked = agenda.nowMillis();
        agenda.after(chance.around(Role.SCHEDULER.thinkMillis()), () -> {
            boolean given = gpu.take(work.gpuPercent());
            voices.say(Draft.answer(
                            ask,
                            given ? "Yes" : "Not now",
                            given ? Outcome.OK : Outcome.REFUSED,
                            agenda.nowMillis() - asked)
                    .claiming(gpu.claim(given ? ClaimAction.GRANT : ClaimAction.REFUSE, work.gpuPercent())));
            agenda.after(20, () -> then.accept(given));
        });
    }
}
