package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.List;

/** From facts to findings. What is not known is no finding: {@link Facts#unasked} names it. */
interface Check {

    List<Finding> findings(Facts facts);
}
