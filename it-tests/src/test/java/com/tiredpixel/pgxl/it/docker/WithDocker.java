package com.tiredpixel.pgxl.it.docker;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Tests that need the engine and the image: each may have {@link Docker} as its parameter. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WithDocker.Extension.class)
@interface WithDocker {

    /** @return whether only a real Postgres-XL will do */
    boolean realPostgresXl() default false;

    /** Skips and says why, shows the logs of a test that failed, removes what a test made. */
    final class Extension implements ExecutionCondition, BeforeAllCallback, ParameterResolver, AfterTestExecutionCallback {

        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Extension.class);

        /** Looked for once. */
        private record Obstacle(Optional<String> reason) {
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<String> obstacle = context.getRoot().getStore(NAMESPACE)
                    .getOrComputeIfAbsent(Obstacle.class, none -> new Obstacle(Image.obstacle()), Obstacle.class)
                    .reason();
            boolean wantsReal = context.getRequiredTestClass().getAnnotation(WithDocker.class).realPostgresXl();
            if (obstacle.isEmpty() && wantsReal && !Image.realPostgresXl()) {
                obstacle = Optional.of("it needs a real Postgres-XL, and this machine has the stand-in");
            }
            if (obstacle.isPresent()) {
                System.out.println("SKIPPED " + context.getDisplayName() + ": " + obstacle.get());
                return ConditionEvaluationResult.disabled(obstacle.get());
            }
            return ConditionEvaluationResult.enabled("an engine answers");
        }

        @Override
        public void beforeAll(ExtensionContext context) throws IOException {
            context.getStore(NAMESPACE).put(EngineTurn.class, EngineTurn.take());
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Docker.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Docker docker = new Docker("it-" + Long.toString(System.nanoTime(), Character.MAX_RADIX));
            context.getStore(NAMESPACE).put(Docker.class, docker);
            return docker;
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            Docker docker = context.getStore(NAMESPACE).remove(Docker.class, Docker.class);
            if (docker == null) {
                return;
            }
            if (context.getExecutionException().isPresent()) {
                System.out.println("FAILED " + context.getDisplayName() + "\n" + docker.logs());
            }
            docker.close();
        }
    }
}
