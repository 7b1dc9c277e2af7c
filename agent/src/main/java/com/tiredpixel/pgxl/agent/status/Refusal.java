package com.tiredpixel.pgxl.agent.status;

/** Why {@code pgxl} is not obeyed: an exit code and a sentence. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int exit;

    Refusal(int exit, String sentence) {
        super(sentence, null, false, false);
        this.exit = exit;
    }

    static Refusal usage(String sentence) {
        return new Refusal(Reply.USAGE, sentence);
    }

    Reply reply() {
        return Reply.failed(exit, getMessage());
    }
}
